/**
 * All that differs between Redshift and DuckDB in our views:
 *
 * - Redshift binds a view over other databases and external tables only when it is asked; DuckDB has no word for that.
 * - DuckDB wants the unit of `DATEDIFF` in quotes.
 * - `GETDATE()` is a macro that the test defines, with its own clock.
 */
export function toDuckDb(statement: string): string {
  return statement
    .replace(/\s+WITH NO SCHEMA BINDING$/, '')
    .replace(/\bDATEDIFF\(millisecond,/g, "DATEDIFF('millisecond',")
}
