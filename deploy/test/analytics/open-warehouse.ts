import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Test } from 'tap'
import { hiveType } from './hive-type.ts'
import { type Item, itemType } from './item-type.ts'
import { listSqlFiles, readStatements } from './read-sql.ts'
import { toDuckDb } from './to-duckdb.ts'

/** As `TableInput` of the table in the template. */
export interface ManifestTable {
  Name: string
  PartitionKeys: { Name: string }[]
  StorageDescriptor: { Columns: { Name: string; Type: string }[] }
}

interface Contents {
  manifestTable: ManifestTable
  /** As zero-ETL lands them: `item` without the table's key. With history also Redshift's own columns. */
  rows: { pk: string; item: Item; history?: { createdAt: string; deletedAt?: string } }[]
  /** Folder that holds `manifests/day=…` */
  bucket: string
  /** Names of the manifests' fields in their own case, at any depth. */
  fieldNames: string[]
  historyMode: boolean
  /** What `GETDATE()` says. */
  now: string
}

const tableName = 'hashgate-test-catalog'

/** DuckDB in the shape in which Redshift has both sources, with the views of `deploy/analytics` on them. */
export async function openWarehouse(t: Test, contents: Contents) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  t.teardown(() => {
    connection.closeSync()
    instance.closeSync()
  })
  const run = (sql: string) => connection.run(sql)
  await run("SET TimeZone = 'UTC'")
  await run(`CREATE MACRO getdate() AS TIMESTAMP '${contents.now}'`)
  for (const statement of [...(await recordsTable(contents)), ...createManifestTable(contents)])
    await run(statement)

  await run('CREATE SCHEMA analytics')
  const files = await listSqlFiles(contents.historyMode)
  for (const file of files.filter((name) => /^[23]0-/.test(name))) {
    for (const statement of await readStatements(file, { CatalogTable: tableName }))
      await run(toDuckDb(statement))
  }
  const read = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson()
  /** The rows of a view in the schema `analytics`. @param rest such as a condition */
  const ask = (view: string, rest = '') => read(`SELECT * FROM analytics.${view} ${rest}`)
  /** Its columns in their order, with DuckDB's names of their types. */
  const describe = async (view: string) => {
    const columns = await read(`DESCRIBE analytics.${view}`)
    return columns.map(({ column_name, column_type }) => [String(column_name), String(column_type)] as const)
  }
  return { ask, describe }
}

async function recordsTable({ rows, bucket }: Contents): Promise<string[]> {
  const file = join(bucket, 'rows.json')
  const lines = rows.map(({ pk, item, history }) =>
    JSON.stringify({ pk, value: item, created: history?.createdAt, deleted: history?.deletedAt }),
  )
  await writeFile(file, lines.join('\n'))
  const type = itemType(rows.map(({ item }) => item))
  const columns = `{pk: 'VARCHAR', value: '${type}', created: 'TIMESTAMP', deleted: 'TIMESTAMP'}`
  const historyColumns = rows.some(({ history }) => history)
    ? ', created AS _record_create_time, deleted AS _record_delete_time, deleted IS NULL AS _record_is_active'
    : ''
  return [
    "ATTACH ':memory:' AS hashgate_records",
    'CREATE SCHEMA hashgate_records.public',
    `CREATE TABLE hashgate_records.public."${tableName}" AS SELECT pk, value${historyColumns} FROM read_json('${file}', columns = ${columns})`,
  ]
}

/** The table that Spectrum reads: with the columns that the template gives it, over the files as they are. */
function createManifestTable({ manifestTable, bucket, fieldNames }: Contents): string[] {
  const { Name, PartitionKeys, StorageDescriptor } = manifestTable
  const rename = (column: string) => fieldNames.find((name) => name.toLowerCase() === column) ?? column
  const columns = StorageDescriptor.Columns.map(
    (column) => `"${rename(column.Name)}": '${hiveType(column.Type, rename)}'`,
  )
  const days = PartitionKeys.map((partition) => `${partition.Name}: VARCHAR`)
  const source = `read_json('${bucket}/manifests/*/*/*.json', columns = {${columns.join(', ')}}, hive_partitioning = true, hive_types = {${days.join(', ')}})`
  return ['CREATE SCHEMA manifests', `CREATE VIEW manifests."${Name}" AS SELECT * FROM ${source}`]
}
