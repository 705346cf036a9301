import { parseManifestKey } from '../../../core/images/object-key.ts'
import { writeRows } from '../../../processor/compaction/write-rows.ts'
import type { ParquetDay } from '../../analytics/warehouse/load-manifests.ts'
import { readManifestTable } from '../../analytics/warehouse/read-manifest-table.ts'

/** Writes manifests, keyed as in the processed bucket, to one Parquet file per day. Includes expired manifests. */
export async function writeParquetDays(
  manifests: Iterable<readonly [string, { bytes: Buffer }]>,
): Promise<ParquetDay[]> {
  const objects = new Map(manifests)
  const store = {
    read: async (key: string) => {
      const object = objects.get(key)
      return object && { bytes: object.bytes, etag: '' }
    },
  }
  const { Columns: columns } = readManifestTable().StorageDescriptor
  const keys = Map.groupBy([...objects.keys()].sort(), (key) => parseManifestKey(key)?.day ?? '')
  const days = [...keys].map(async ([day, sources]) => {
    const { bytes, unreadable } = await writeRows({ store, columns, sources, nowMs: 0 })
    if (unreadable.length > 0) throw new Error(`Unreadable manifests: ${unreadable.join(', ')}`)
    return { day, bytes }
  })
  return Promise.all(days)
}
