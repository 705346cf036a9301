/**
 * Translates SQL for Redshift to DuckDB. The two dialects differ in three places in the views and the analysts' queries:
 *
 * - Redshift needs `WITH NO SCHEMA BINDING` for a view over other databases and external tables; DuckDB has no such clause.
 * - DuckDB needs quotes around the unit of `DATEDIFF`.
 *
 * - DuckDB lacks `GETDATE()`. It is a macro: see `createWarehouse`.
 */
export function toDuckDb(statement: string): string {
  return statement
    .replace(/\s+WITH NO SCHEMA BINDING$/, '')
    .replace(/\bDATEDIFF\(\s*(\w+)\s*,/gi, "DATEDIFF('$1',")
}
