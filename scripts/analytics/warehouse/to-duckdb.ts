/**
 * Translates SQL for Redshift to DuckDB. The views and the analysts' queries differ in two words only:
 *
 * - Redshift needs `WITH NO SCHEMA BINDING` for a view over other databases and external tables; DuckDB has no such clause.
 * - DuckDB needs quotes around the unit of `DATEDIFF`.
 *
 * A third word, `GETDATE()`, is a macro: see `createWarehouse`.
 */
export function toDuckDb(statement: string): string {
  return statement
    .replace(/\s+WITH NO SCHEMA BINDING$/, '')
    .replace(/\bDATEDIFF\(\s*(\w+)\s*,/gi, "DATEDIFF('$1',")
}
