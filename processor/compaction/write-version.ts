import { parquetKey, parseParquetKey } from '../../core/images/object-key.ts'
import type { Column } from './hive-type.ts'
import type { ManifestStore } from './manifest-store.ts'
import { isNamedAfter, nameVersion } from './name-version.ts'
import type { ParquetFile } from './parquet-file.ts'
import type { RowSource } from './plan-rows.ts'
import { writeRows } from './write-rows.ts'

interface Inputs {
  store: ManifestStore
  columns: readonly Column[]
  /** `YYYY-MM-DD` */
  day: string
  sources: readonly RowSource[]
  /** Key of the newest version so far. */
  newest?: string
  /** The newest version, opened. Absent: there is none, or it is damaged. */
  file?: ParquetFile
  nowMs: number
}

export interface Version {
  /** Undefined: no row was left, so no file was written. */
  key?: string
  rows: number
  /** Keys of manifests that have no row. */
  unreadable: string[]
}

/** Writes a new version of a day's Parquet file, unless the newest one has the same content. @throws the errors of S3 */
export async function writeVersion(inputs: Inputs): Promise<Version> {
  const { store, columns, day, sources, newest, file, nowMs } = inputs
  const { bytes, rows, unreadable } = await writeRows({ store, columns, sources, file, nowMs })
  if (rows === 0) return { rows, unreadable }
  const newestVersion = newest && parseParquetKey(newest)?.version
  if (file && newestVersion && isNamedAfter(newestVersion, bytes)) return { key: newest, rows, unreadable }
  const key = parquetKey(day, nameVersion({ nowMs, bytes, newest: newestVersion }))
  await store.writeParquet(key, bytes)
  return { key, rows, unreadable }
}
