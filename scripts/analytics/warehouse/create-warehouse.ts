import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { listSqlFiles, readStatements } from '../../deploy/warehouse/read-statements.ts'
import { hiveType } from './hive-type.ts'
import { type Item, itemType } from './item-type.ts'
import { type ManifestTable, readManifestTable } from './read-manifest-table.ts'
import { readResult } from './read-result.ts'
import type { Session } from './session.ts'
import { toDuckDb } from './to-duckdb.ts'

/** One state of a record as zero-ETL lands it: `item` without the table's key. With history also the times of this state. */
export interface CatalogRow {
  pk: string
  item: Item
  history?: { createdAt: string; deletedAt?: string }
}

export interface WarehouseContents {
  rows: CatalogRow[]
  /** Folder that holds `manifests/day=…/‹folder›/‹file›.json`, each with any number of manifests. Must be writable. */
  directory: string
  /** Names of the manifests' fields as written, at any depth. Empty: there are no manifests. */
  fieldNames: string[]
  historyMode: boolean
  /** What `GETDATE()` returns, `YYYY-MM-DD HH:MM:SS`. Default: the time, in UTC. */
  now?: string
}

const sqlFolder = new URL('../../../deploy/analytics/', import.meta.url)
const catalogTable = 'hashgate-catalog'
/** A DynamoDB item has at most 400 KB, and more characters as JSON. */
const maxObjectBytes = 4_194_304

/**
 * Loads records and manifests into DuckDB, in the shape in which Redshift has them, and creates the views of `deploy/analytics` over them.
 * The folder is not needed afterwards.
 */
export async function createWarehouse(contents: WarehouseContents): Promise<Session> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const close = async () => {
    connection.closeSync()
    instance.closeSync()
  }
  try {
    await load(connection, contents)
  } catch (error) {
    await close()
    throw error
  }
  return { query: (sql) => readResult(connection, toDuckDb(sql)), close }
}

async function load(connection: DuckDBConnection, contents: WarehouseContents): Promise<void> {
  const { now, directory } = contents
  const records = join(directory, 'records.json')
  await connection.run("SET TimeZone = 'UTC'")
  const clock = now ? `TIMESTAMP '${now}'` : "(now() AT TIME ZONE 'UTC')"
  await connection.run(`CREATE MACRO getdate() AS ${clock}`)
  try {
    for (const sql of await recordStatements(contents, records)) await connection.run(sql)
  } finally {
    await rm(records, { force: true })
  }
  for (const sql of manifestStatements(contents, readManifestTable())) await connection.run(sql)
  await connection.run('CREATE SCHEMA analytics')
  for (const sql of await readViews(contents.historyMode)) await connection.run(toDuckDb(sql))
}

/** The statements that create the views, for Redshift. The other files create what only Redshift has. */
async function readViews(historyMode: boolean): Promise<string[]> {
  const files = (await listSqlFiles(sqlFolder, historyMode)).filter((name) => /^[23]\d-/.test(name))
  const values = { CatalogTable: catalogTable }
  const read = await Promise.all(files.map((name) => readStatements(new URL(name, sqlFolder), values)))
  return read.flat().map(({ sql }) => sql)
}

async function recordStatements({ rows, historyMode }: WarehouseContents, file: string): Promise<string[]> {
  const lines = rows.map(({ pk, item, history }) =>
    JSON.stringify({ pk, value: item, created: history?.createdAt, deleted: history?.deletedAt }),
  )
  await writeFile(file, lines.join('\n'), { mode: 0o600 })
  const type = itemType(rows.map(({ item }) => item)).replaceAll("'", "''")
  const columns = `{pk: 'VARCHAR', value: '${type}', created: 'TIMESTAMP', deleted: 'TIMESTAMP'}`
  const history = historyMode
    ? ', created AS _record_create_time, deleted AS _record_delete_time, deleted IS NULL AS _record_is_active'
    : ''
  return [
    "ATTACH ':memory:' AS hashgate_records",
    'CREATE SCHEMA hashgate_records.public',
    `CREATE TABLE hashgate_records.public."${catalogTable}" AS
     SELECT pk, value${history} FROM read_json('${file.replaceAll("'", "''")}', columns = ${columns}, maximum_object_size = ${maxObjectBytes})`,
  ]
}

/** The table that Spectrum reads, with the columns of the template. Spectrum ignores case in the fields' names; DuckDB does not. */
function manifestStatements(
  { directory, fieldNames }: WarehouseContents,
  { Name, PartitionKeys, StorageDescriptor }: ManifestTable,
): string[] {
  const rename = (column: string) => fieldNames.find((name) => name.toLowerCase() === column) ?? column
  const columns = StorageDescriptor.Columns.map(({ Name, Type }) => [rename(Name), hiveType(Type, rename)])
  const days = PartitionKeys.map(({ Name }) => [Name, 'VARCHAR'])
  const defined = [...columns, ...days].map(([name, type]) => `"${name}" ${type}`)
  const statements = ['CREATE SCHEMA manifests', `CREATE TABLE manifests."${Name}" (${defined.join(', ')})`]
  if (fieldNames.length === 0) return statements
  const read = columns.map(([name, type]) => `"${name}": '${type}'`)
  const partitions = days.map(([name, type]) => `${name}: ${type}`)
  const files = `${directory.replaceAll("'", "''")}/manifests/*/*/*.json`
  return [
    ...statements,
    `INSERT INTO manifests."${Name}" BY NAME
     SELECT * FROM read_json('${files}', columns = {${read.join(', ')}}, hive_partitioning = true, hive_types = {${partitions.join(', ')}})`,
  ]
}
