import { priceOf } from '../../cost/prices.ts'
import type { Deployment } from '../deployment.ts'
import { prepareRecords } from '../prepare-records.ts'
import { readOutput } from '../read-outputs.ts'
import { execute, executeTogether, findWarehouse, type Warehouse } from './ask-warehouse.ts'
import { listSqlFiles, readStatements, type Statement } from './read-statements.ts'

/**
 * Applies the warehouse's SQL statement by statement, then queries each view. Can be repeated.
 * @param directory the folder `deploy/analytics/`
 * @throws Error with the statement and Redshift's message
 */
export async function applySql(deployment: Deployment, directory: URL): Promise<void> {
  const output = (name: string) => readOutput(deployment.aws.ssm, deployment.env, name)
  const warehouse = await findWarehouse(deployment)
  const values = {
    IntegrationId: (await output('analytics/integration-arn')).replace(/^.*:integration:/, ''),
    GlueDatabase: await output('analytics/glue-database'),
    SpectrumRoleArn: await output('analytics/spectrum-role-arn'),
    ViewerRole: await output('analytics/viewer-role'),
    HistoryMode: await output('analytics/history-mode'),
    RefreshIntervalSeconds: await output('analytics/refresh-interval-seconds'),
    CatalogTable: await output('metadata/catalog-table'),
    StoragePrice: String(priceOf('s3GigabyteMonth')),
  }
  const files = await listSqlFiles(directory, values.HistoryMode === 'true')
  const read = await Promise.all(files.map((file) => readStatements(new URL(file, directory), values)))
  const statements = read.flat()
  deployment.say(`Applying ${statements.length} statements to ${warehouse.WorkgroupName} …`)
  await prepareRecords(deployment, warehouse, values)
  for (const statement of statements) await apply(deployment, warehouse, statement)
  for (const view of listViews(statements)) await queryView(deployment, warehouse, view, values.ViewerRole)
}

function listViews(statements: Statement[]): string[] {
  return statements.flatMap(({ sql }) => /^CREATE OR REPLACE VIEW (\S+)/i.exec(sql)?.[1] ?? [])
}

/** Redshift checks a late-binding view, and what its reader may read, only when it is queried. */
async function queryView(
  deployment: Deployment,
  warehouse: Warehouse,
  view: string,
  viewerRole: string,
): Promise<void> {
  const query = `SELECT 1 FROM ${view} LIMIT 1`
  const failed = (user: string) => (error: Error) => {
    throw new Error(`The view ${view} cannot be queried as ${user}: ${error.message}`, { cause: error })
  }
  await execute(deployment, warehouse, query).catch(failed('the administrator'))
  const asViewer = [`SET SESSION AUTHORIZATION "IAMR:${viewerRole}"`, query]
  await executeTogether(deployment, warehouse, asViewer).catch(failed('a viewer'))
}

async function apply(
  deployment: Deployment,
  warehouse: Warehouse,
  { file, sql, isOnce }: Statement,
): Promise<void> {
  try {
    await execute(deployment, warehouse, sql)
  } catch (error) {
    const { message } = error as Error
    if (isOnce && /already exists/i.test(message)) return
    throw new Error(`${file}: ${message}\n${sql}`, { cause: error })
  }
}
