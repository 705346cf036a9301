import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Result } from './session.ts'

/** DuckDB's types by the names that Redshift's Data API uses. */
const redshiftTypes: Record<string, string> = {
  bool: 'BOOLEAN',
  int2: 'SMALLINT',
  int4: 'INTEGER',
  int8: 'BIGINT',
  float4: 'FLOAT',
  float8: 'DOUBLE',
  numeric: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  varchar: 'VARCHAR',
  bpchar: 'VARCHAR',
  super: 'VARCHAR',
}

/** Writes a result as a Parquet file, compressed with Zstandard. Replaces the file. @throws Error when it cannot be written */
export async function writeParquet({ columns, rows }: Result, file: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'hashgate-parquet-'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const source = join(directory, 'rows.json')
    await writeFile(source, rows.map((row) => JSON.stringify(row)).join('\n'), { mode: 0o600 })
    const types = columns.map(({ name, type }) => `${quote(name)}: ${quote(redshiftTypes[type] ?? type)}`)
    await connection.run("SET TimeZone = 'UTC'")
    await connection.run(
      `COPY (SELECT * FROM read_json(${quote(source)}, columns = {${types.join(', ')}}))
       TO ${quote(file)} (FORMAT parquet, COMPRESSION zstd)`,
    )
  } finally {
    connection.closeSync()
    instance.closeSync()
    await rm(directory, { recursive: true, force: true })
  }
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`
