import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { createViews } from '../../analytics/warehouse/create-views.ts'
import { readParquet } from '../../analytics/warehouse/load-manifests.ts'
import { readManifestTable } from '../../analytics/warehouse/read-manifest-table.ts'
import { takeTurns } from '../take-turns.ts'
import { useDirectory } from '../use-directory.ts'
import { readJson } from './read-json.ts'
import { fieldNames, splitManifests, writeManifests } from './write-manifests.ts'
import { writeParquet } from './write-parquet.ts'

/** Layout of the manifests: one JSON file per image, one line of JSON per image in a file per day, or one Parquet file per day. */
export type Layout = 'files' | 'lines' | 'parquet'

export interface Sample {
  seconds: number
  /** Bytes that the process read from files. */
  bytes: number
}

interface Options {
  images: number
  layouts: readonly Layout[]
  rounds: number
}

export interface Measured {
  /** Samples by query and layout, in the order of the rounds. */
  views: Record<string, Partial<Record<Layout, Sample[]>>>
  /** Seconds that the code of the compaction took to write the Parquet files from lines of JSON. */
  writeSeconds: number
}

/** The views that read manifests. */
export const queries: Record<string, string> = {
  manifests: 'SELECT format, COUNT(*), SUM(width) FROM analytics.manifests GROUP BY format',
  images: 'SELECT COUNT(*), COUNT(color_space), MAX(taken_at) FROM analytics.images',
  rejects_by_reason: 'SELECT * FROM analytics.rejects_by_reason',
  formats_and_cameras: 'SELECT * FROM analytics.formats_and_cameras',
}

/**
 * Runs the views on the same synthetic manifests in several layouts, in turn.
 * @throws Error when a view's result differs between layouts
 */
export const measureViews = (options: Options): Promise<Measured> =>
  useDirectory(async (directory) => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    try {
      return await measureIn(connection, directory, options)
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  })

async function measureIn(
  connection: DuckDBConnection,
  directory: string,
  { images, layouts, rounds }: Options,
): Promise<Measured> {
  await connection.run("SET TimeZone = 'UTC'")
  await writeManifests(connection, directory, images)
  if (layouts.includes('files')) await splitManifests(directory)
  const startedAt = performance.now()
  await writeParquet(directory)
  const writeSeconds = (performance.now() - startedAt) / 1_000
  await connection.run('CREATE SCHEMA manifests')
  await useLayout(connection, directory, 'lines')
  await createViews(connection, { historyMode: false, now: '2026-11-29 12:00:00' })
  const views: Measured['views'] = {}
  for (const [name, sql] of Object.entries(queries)) {
    const answers = new Set<string>()
    views[name] = await takeTurns(layouts, { rounds, budgetSeconds: 120 }, async (layout) => {
      await useLayout(connection, directory, layout)
      const { answer, ...sample } = await runQuery(connection, sql)
      answers.add(answer)
      return sample
    })
    if (answers.size > 1) throw new Error(`The results of ${name} differ between ${layouts.join(', ')}.`)
  }
  return { views, writeSeconds }
}

async function useLayout(connection: DuckDBConnection, directory: string, layout: Layout): Promise<void> {
  const folder = join(directory, layout)
  const source = layout === 'parquet' ? readParquet(folder) : readJson(join(folder, '*/*/*.json'), fieldNames)
  const table = `manifests."${readManifestTable().Name}"`
  await connection.run(`CREATE OR REPLACE VIEW ${table} AS SELECT * FROM ${source}`)
}

async function runQuery(connection: DuckDBConnection, sql: string): Promise<Sample & { answer: string }> {
  const before = await readBytes()
  const startedAt = performance.now()
  const reader = await connection.runAndReadAll(sql)
  const seconds = (performance.now() - startedAt) / 1_000
  const bytes = (await readBytes()) - before
  const rows = reader.getRowsJson().map((row) => JSON.stringify(row))
  const answer = createHash('sha256').update(rows.sort().join('\n')).digest('hex')
  return { seconds, bytes, answer }
}

/** Bytes that this process has read, including those from the page cache. Linux only. */
async function readBytes(): Promise<number> {
  const counters = await readFile('/proc/self/io', 'utf8').catch(() => '')
  return Number(/^rchar: (\d+)$/m.exec(counters)?.[1] ?? Number.NaN)
}
