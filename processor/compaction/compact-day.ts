import { dirname } from 'node:path/posix'
import { parseParquetKey } from '../../core/images/object-key.ts'
import { findSuperseded } from './find-superseded.ts'
import type { ManifestStore } from './manifest-store.ts'
import { isNamedAfter } from './name-version.ts'
import { openParquetFile, type ParquetFile } from './parquet-file.ts'
import type { Partitions } from './partitions.ts'
import { planRows } from './plan-rows.ts'
import { writeVersion } from './write-version.ts'

export interface CompactionDeps {
  store: ManifestStore
  partitions: Partitions
  /** Epoch milliseconds. */
  now(): number
}

export interface CompactionOptions {
  /** Lifetime of an image in days. */
  retentionDays: number
  /** Maximum number of manifests to read; the next run reads the rest. No limit by default. */
  maxReads?: number
  /** Milliseconds for which a superseded Parquet file stays, so that queries can finish with it. 0 deletes it at once. */
  graceMs?: number
}

export interface CompactedDay {
  /** `YYYY-MM-DD` */
  day: string
  /** Key of the Parquet file. Undefined: the day has no rows. */
  key?: string
  rows: number
  /** Manifests that this run read. */
  read: number
  /** Manifests that the next run has to read. */
  left: number
  /** Keys of manifests that have no row, because they are not valid JSON or describe another image than their key. */
  unreadable: string[]
  /** Why the day's newest file could not be opened. It was written again from the manifests. If the run may read none, the next run does so. */
  damage?: string
}

export const defaultGraceMs = 20 * 60_000
const dayMs = 24 * 3_600_000

/**
 * Brings the Parquet file of a day up to date with its manifests: adds new ones, replaces those that were rewritten, drops those that were
 * deleted and those of expired images. The file is complete before the partition moves to it. After a run that was killed at any
 * point, the next one completes its work. A run that finds nothing to do writes nothing.
 * @param day `YYYY-MM-DD`
 * @throws the errors of S3 and Glue
 */
export async function compactDay(
  day: string,
  deps: CompactionDeps,
  { retentionDays, maxReads = Number.POSITIVE_INFINITY, graceMs = defaultGraceMs }: CompactionOptions,
): Promise<CompactedDay> {
  const { store, partitions, now } = deps
  const nowMs = now()
  const files = (await store.listParquetFiles(day)).filter(({ key }) => parseParquetKey(key))
  const newest = files.at(-1)?.key
  const { file, damage } = newest ? await openFile(newest, deps) : {}
  const { sources, reads, left, isCurrent } = planRows({
    day,
    rows: file?.identities ?? [],
    manifests: await store.listManifests(day),
    maxReads,
    expiredBeforeMs: nowMs - retentionDays * dayMs,
    nowMs,
  })
  const unchanged = { key: newest, rows: sources.length, unreadable: [] }

  // If the run may read no manifest, rewriting a damaged file would only remove its rows from the views.
  if (damage !== undefined && reads === 0 && left > 0) {
    return { day, ...unchanged, read: reads, left, damage }
  }

  const { columns } = partitions
  const { key, rows, unreadable } =
    file && isCurrent && sources.length > 0
      ? unchanged
      : await writeVersion({ store, columns, day, sources, newest, file, nowMs })

  const locationBefore = partitions.locations.get(day)
  if (key) await partitions.point(day, locate(store, key))
  else await partitions.remove(day)

  const queried = files.find(({ key }) => locate(store, key) === locationBefore)?.key
  for (const superseded of findSuperseded({ files, current: key, queried, nowMs, graceMs })) {
    await store.remove(superseded)
  }
  return { day, key, rows, read: reads, left, unreadable, damage }
}

/** The location of a partition that reads this file. */
const locate = ({ name }: ManifestStore, key: string) => `s3://${name}/${dirname(key)}/`

async function openFile(
  key: string,
  { store, partitions }: CompactionDeps,
): Promise<{ file?: ParquetFile; damage?: string }> {
  const object = await store.read(key)
  if (!object) return {}
  // The footer of a damaged file can be intact, so opening it does not find all damage.
  if (!isNamedAfter(parseParquetKey(key)?.version ?? '', object.bytes)) {
    return { damage: `${key}: The content does not match the hash in the name.` }
  }
  try {
    return { file: await openParquetFile(object.bytes, partitions.columns) }
  } catch (error) {
    return { damage: `${key}: ${(error as Error).message}` }
  }
}
