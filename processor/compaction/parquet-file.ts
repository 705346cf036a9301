import { gunzipSync, gzipSync } from 'node:zlib'
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Column } from './hive-type.ts'
import { etagColumn, toParquetSchema } from './parquet-schema.ts'
import type { Row } from './to-row.ts'

/** Rows of a row group. A reader reads whole groups; while one is written, all its rows are in memory. */
export const rowsPerGroup = 20_000

const columnsKey = 'hashgate.columns'
const compressors = { GZIP: (bytes: Uint8Array) => gunzipSync(bytes) }

/** The values that identify a row and determine whether it stays. */
export interface RowIdentity {
  tenant: string
  imageid: string
  /** Epoch seconds. */
  expiresat: bigint
  /** ETag of the manifest that the row was read from. Empty: the row lacks a column and must be read again. */
  manifest_etag: string
}

/** A Parquet file of one day's manifests. */
export interface ParquetFile {
  /** The identities of all rows, in the order of their keys. */
  identities: RowIdentity[]
  /** Rows from `start` up to, but without, `end`. */
  readRows(start: number, end: number): Promise<Row[]>
}

/** Opens a file that `createParquetFile` wrote. @throws Error when it is damaged, or when a column had another type */
export async function openParquetFile(bytes: Buffer, columns: readonly Column[]): Promise<ParquetFile> {
  const file: AsyncBuffer = {
    byteLength: bytes.byteLength,
    slice: (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  }
  const metadata = await parquetMetadataAsync(file)
  const written = metadata.key_value_metadata?.find(({ key }) => key === columnsKey)?.value
  const isComplete = written === JSON.stringify(columns)
  if (!isComplete) checkTypes(JSON.parse(written ?? '[]'), columns)
  const options = { file, metadata, compressors }
  const names = ['tenant', 'imageid', 'expiresat', etagColumn]
  const identities = (await parquetReadObjects({ ...options, columns: names })) as unknown as RowIdentity[]
  return {
    identities: isComplete ? identities : identities.map((row) => ({ ...row, manifest_etag: '' })),
    readRows: (rowStart, rowEnd) => parquetReadObjects({ ...options, rowStart, rowEnd }),
  }
}

function checkTypes(written: readonly Column[], columns: readonly Column[]): void {
  for (const { Name, Type } of written) {
    const column = columns.find((column) => column.Name === Name)
    if (column && column.Type !== Type) throw new Error(`The column ${Name} was of the type ${Type}.`)
  }
}

/** Writes rows, group by group, into a Parquet file in memory, compressed with gzip. The same rows give the same bytes. */
export function createParquetFile(columns: readonly Column[]) {
  const writer = new ByteWriter()
  const parquet = new ParquetWriter({
    writer,
    schema: toParquetSchema(columns),
    codec: 'GZIP',
    compressors: { GZIP: (bytes) => gzipSync(bytes) },
    kvMetadata: [{ key: columnsKey, value: JSON.stringify(columns) }],
    createdBy: 'hashgate',
  })
  const names = [...columns.map(({ Name }) => Name), etagColumn]

  function writeGroup(rows: readonly Row[]): void {
    parquet.write({
      columnData: names.map((name) => ({ name, data: rows.map((row) => row[name] ?? null) })),
      rowGroupSize: rowsPerGroup,
    })
  }

  function finish(): Buffer {
    parquet.finish()
    return Buffer.from(writer.getBytes())
  }

  return { writeGroup, finish }
}
