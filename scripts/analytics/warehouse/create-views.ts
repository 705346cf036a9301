import type { DuckDBConnection } from '@duckdb/node-api'
import { priceOf } from '../../cost/prices.ts'
import { listSqlFiles, readStatements } from '../../deploy/warehouse/read-statements.ts'
import { toDuckDb } from './to-duckdb.ts'

const values = { CatalogTable: 'hashgate-catalog', StoragePrice: String(priceOf('s3GigabyteMonth')) }
const sqlFolder = new URL('../../../deploy/analytics/', import.meta.url)

/** The table in the database `hashgate_records` that the views read. */
export const recordsTable = 'hashgate_records.public."hashgate-catalog"'

interface Options {
  historyMode: boolean
  /** What `GETDATE()` returns, `YYYY-MM-DD HH:MM:SS`. Default: the current time, in UTC. */
  now?: string
}

/**
 * Creates the views of `deploy/analytics` in DuckDB on `recordsTable` and the table `manifests.manifests`. Skips files for features that
 * only Redshift has.
 */
export async function createViews(
  connection: DuckDBConnection,
  { historyMode, now }: Options,
): Promise<void> {
  const clock = now ? `TIMESTAMP '${now}'` : "(now() AT TIME ZONE 'UTC')"
  await connection.run("SET TimeZone = 'UTC'")
  await connection.run(`CREATE MACRO getdate() AS ${clock}`)
  await connection.run('CREATE SCHEMA analytics')
  const files = (await listSqlFiles(sqlFolder, historyMode)).filter((name) => /^[23]\d-/.test(name))
  for (const file of files) {
    const statements = await readStatements(new URL(file, sqlFolder), values)
    for (const { sql } of statements) await connection.run(toDuckDb(sql))
  }
}
