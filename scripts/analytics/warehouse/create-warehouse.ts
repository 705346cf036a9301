import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { createViews, recordsTable } from './create-views.ts'
import { type Item, itemType } from './item-type.ts'
import { loadManifests, type ParquetDay } from './load-manifests.ts'
import { readResult } from './read-result.ts'
import type { Session } from './session.ts'
import { toDuckDb } from './to-duckdb.ts'

/** One state of a record as zero-ETL stores it: `item` is without the table's key. With history it has the times of this state. */
export interface CatalogRow {
  pk: string
  item: Item
  history?: { createdAt: string; deletedAt?: string }
}

export interface WarehouseContents {
  rows: CatalogRow[]
  manifests: readonly ParquetDay[]
  /** Folder for the files that DuckDB loads. Not needed afterwards. */
  directory: string
  historyMode: boolean
  /** What `GETDATE()` returns, `YYYY-MM-DD HH:MM:SS`. Default: the current time, in UTC. */
  now?: string
}

/** A DynamoDB item has at most 400 KB, but its JSON is longer. */
const maxObjectBytes = 4_194_304

/**
 * Loads records and manifests into DuckDB in the same structure as in Redshift, and creates the views of `deploy/analytics` on them.
 */
export async function createWarehouse(contents: WarehouseContents): Promise<Session> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const close = async () => {
    connection.closeSync()
    instance.closeSync()
  }
  try {
    await load(connection, contents)
  } catch (error) {
    await close()
    throw error
  }
  return { query: (sql) => readResult(connection, toDuckDb(sql)), close }
}

async function load(connection: DuckDBConnection, contents: WarehouseContents): Promise<void> {
  await connection.run("SET TimeZone = 'UTC'")
  await loadRecords(connection, contents)
  await loadManifests(connection, contents.manifests, contents.directory)
  await createViews(connection, contents)
}

async function loadRecords(
  connection: DuckDBConnection,
  { rows, historyMode, directory }: WarehouseContents,
): Promise<void> {
  const file = join(directory, 'records.json')
  const type = itemType(rows.map(({ item }) => item)).replaceAll("'", "''")
  const columns = `{pk: 'VARCHAR', value: '${type}', created: 'TIMESTAMP', deleted: 'TIMESTAMP'}`
  const history = historyMode
    ? ', created AS _record_create_time, deleted AS _record_delete_time, deleted IS NULL AS _record_is_active'
    : ''
  const source = `read_json('${file.replaceAll("'", "''")}', columns = ${columns}, maximum_object_size = ${maxObjectBytes})`
  try {
    await writeFile(file, renderRows(rows), { mode: 0o600 })
    await connection.run("ATTACH ':memory:' AS hashgate_records")
    await connection.run('CREATE SCHEMA hashgate_records.public')
    await connection.run(`CREATE TABLE ${recordsTable} AS SELECT pk, value${history} FROM ${source}`)
  } finally {
    await rm(file, { force: true })
  }
}

/** Writes line by line, because the text of all records can exceed Node's longest string. */
function* renderRows(rows: CatalogRow[]): Generator<string> {
  for (const { pk, item, history } of rows) {
    yield `${JSON.stringify({ pk, value: item, created: history?.createdAt, deleted: history?.deletedAt })}\n`
  }
}
