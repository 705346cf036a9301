import type { DuckDBConnection } from '@duckdb/node-api'
import type { Result, Row, Value } from './session.ts'

const numeric =
  /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT|FLOAT|DOUBLE|DECIMAL\(.*\))$/

/** Runs a statement in DuckDB. @throws Error with DuckDB's message */
export async function readResult(connection: DuckDBConnection, sql: string): Promise<Result> {
  const reader = await connection.runAndReadAll(sql)
  const types = reader.columnTypes().map(String)
  const columns = reader.deduplicatedColumnNames().map((name, index) => ({ name, type: types[index] ?? '' }))
  // DuckDB writes a number that may exceed a double, such as a BIGINT, as text.
  const read = (value: Value, type: string) => (numeric.test(type) && value !== null ? Number(value) : value)
  const rows = reader
    .getRowsJson()
    .map(
      (values): Row =>
        Object.fromEntries(
          columns.map(({ name, type }, index) => [name, read((values[index] ?? null) as Value, type)]),
        ),
    )
  return { columns, rows }
}
