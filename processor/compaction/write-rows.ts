import { parseManifestKey } from '../../core/images/object-key.ts'
import { limitConcurrency } from '../../core/limit-concurrency.ts'
import { parseJson } from '../../core/parse-json.ts'
import type { Column } from './hive-type.ts'
import type { ManifestStore } from './manifest-store.ts'
import { createParquetFile, type ParquetFile, rowsPerGroup } from './parquet-file.ts'
import { etagColumn } from './parquet-schema.ts'
import type { RowSource } from './plan-rows.ts'
import { createToRow, type Row } from './to-row.ts'

const readsInFlight = 64

interface Inputs {
  store: Pick<ManifestStore, 'read'>
  columns: readonly Column[]
  sources: readonly RowSource[]
  /** The current file. Absent: no source has a position. */
  file?: ParquetFile
  nowMs: number
}

export interface WrittenRows {
  bytes: Buffer
  rows: number
  /** Keys of manifests that are not valid JSON, or that describe another image than their key. */
  unreadable: string[]
}

/** Writes a Parquet file of these rows. Leaves out manifests that were deleted since, and those of expired images. @throws the errors of S3 */
export async function writeRows({ store, columns, sources, file, nowMs }: Inputs): Promise<WrittenRows> {
  const limit = limitConcurrency(readsInFlight)
  const toRow = createToRow(columns)
  const parquet = createParquetFile(columns)
  const unreadable: string[] = []
  let rows = 0

  async function readManifest(key: string): Promise<Row | undefined> {
    const object = await store.read(key)
    if (!object) return
    const row = toRow(parseObject(object.bytes))
    const image = parseManifestKey(key)
    if (row.tenant !== image?.tenant || row.imageid !== image?.imageId || row.expiresat === null) {
      unreadable.push(key)
      return
    }
    return Number(row.expiresat) * 1_000 > nowMs ? { ...row, [etagColumn]: object.etag } : undefined
  }

  for (let start = 0; start < sources.length; start += rowsPerGroup) {
    const group = sources.slice(start, start + rowsPerGroup)
    const readKept = await readRange(group, file)
    const read = (source: RowSource) =>
      typeof source === 'string' ? limit(() => readManifest(source)) : readKept(source)
    const present = (await Promise.all(group.map(read))).filter((row) => row !== undefined)
    if (present.length > 0) parquet.writeGroup(present)
    rows += present.length
  }
  return { bytes: parquet.finish(), rows, unreadable: unreadable.sort() }
}

/** Reads the rows that the group takes over from the file, which are close to each other, because both are in the order of the keys. */
async function readRange(group: readonly RowSource[], file: ParquetFile | undefined) {
  const positions = group.filter((source) => typeof source === 'number')
  const [first] = positions
  const last = positions.at(-1)
  if (!file || first === undefined || last === undefined) return () => undefined
  const rows = await file.readRows(first, last + 1)
  return (position: number) => rows[position - first]
}

function parseObject(bytes: Buffer): object {
  try {
    const value = parseJson(bytes.toString())
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
