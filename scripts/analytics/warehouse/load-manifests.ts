import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { createParquetFile } from '../../../processor/compaction/parquet-file.ts'
import { etagColumn } from '../../../processor/compaction/parquet-schema.ts'
import { readManifestTable } from './read-manifest-table.ts'

/** The manifests of one day, as compaction writes them. */
export interface ParquetDay {
  /** `YYYY-MM-DD` */
  day: string
  bytes: Buffer
}

/** Loads Parquet files into a table with the name and columns of the Glue table. @param directory must be writable */
export async function loadManifests(
  connection: DuckDBConnection,
  days: readonly ParquetDay[],
  directory: string,
): Promise<void> {
  const { Name, StorageDescriptor } = readManifestTable()
  // DuckDB rejects a pattern without matches, and the columns come from this empty file.
  const empty = { day: '', bytes: createParquetFile(StorageDescriptor.Columns).finish() }
  for (const { day, bytes } of [empty, ...days]) {
    const folder = join(directory, 'parquet', `day=${day}`)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'manifests.parquet'), bytes, { mode: 0o600 })
  }
  await connection.run('CREATE SCHEMA manifests')
  await connection.run(
    `CREATE TABLE manifests."${Name}" AS SELECT * EXCLUDE ${etagColumn} FROM ${readParquet(join(directory, 'parquet'))}`,
  )
}

/** The files `day=…/manifests.parquet` of a folder, as a table function of DuckDB. */
export function readParquet(folder: string): string {
  const pattern = join(folder, '*/manifests.parquet').replaceAll("'", "''")
  return `read_parquet('${pattern}', hive_partitioning = true, hive_types = {day: VARCHAR})`
}
