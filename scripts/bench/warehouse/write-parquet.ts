import { createReadStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createParquetFile, rowsPerGroup } from '../../../processor/compaction/parquet-file.ts'
import { createToRow, type Row } from '../../../processor/compaction/to-row.ts'
import { readManifestTable } from '../../analytics/warehouse/read-manifest-table.ts'
import { days } from './write-manifests.ts'

/** Writes the lines of JSON that `writeManifests` wrote as compaction does: into one Parquet file per day, sorted by key. */
export async function writeParquet(directory: string): Promise<void> {
  const { Columns: columns } = readManifestTable().StorageDescriptor
  const toRow = createToRow(columns)
  for (const day of days) {
    const lines = createInterface(createReadStream(join(directory, `lines/day=${day}/all/all.json`)))
    const manifests: { key: string; line: string }[] = []
    for await (const line of lines) {
      const { tenant, imageId } = JSON.parse(line)
      manifests.push({ key: `${tenant}/${imageId}`, line })
    }
    manifests.sort((a, b) => (a.key < b.key ? -1 : 1))
    const file = createParquetFile(columns)
    for (let start = 0; start < manifests.length; start += rowsPerGroup) {
      const group = manifests.slice(start, start + rowsPerGroup)
      file.writeGroup(group.map(({ line }): Row => toRow(JSON.parse(line))))
    }
    const folder = join(directory, `parquet/day=${day}`)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'manifests.parquet'), file.finish())
  }
}
