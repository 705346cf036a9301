import { setTimeout } from 'node:timers/promises'
import { DescribeStatementCommand, ExecuteStatementCommand } from '@aws-sdk/client-redshift-data'
import { GetNamespaceCommand } from '@aws-sdk/client-redshift-serverless'
import type { Deployment } from './deployment.ts'
import { readOutput } from './read-outputs.ts'
import { listSqlFiles, readStatements, type Statement } from './read-statements.ts'

interface Warehouse {
  WorkgroupName: string
  Database: string
  SecretArn: string
}

/**
 * Applies the warehouse's SQL, statement by statement; it can be done any number of times.
 * @param directory the folder `deploy/analytics/`
 * @throws Error with the statement and Redshift's own words
 */
export async function applySql(deployment: Deployment, directory: URL): Promise<void> {
  const output = (name: string) => readOutput(deployment.aws.ssm, deployment.env, name)
  const warehouse = {
    WorkgroupName: await output('analytics/workgroup'),
    Database: await output('analytics/database'),
    SecretArn: await findAdminSecret(deployment, await output('analytics/namespace')),
  }
  const values = {
    IntegrationId: (await output('analytics/integration-arn')).replace(/^.*:integration:/, ''),
    GlueDatabase: await output('analytics/glue-database'),
    SpectrumRoleArn: await output('analytics/spectrum-role-arn'),
    ViewerRole: await output('analytics/viewer-role'),
    HistoryMode: await output('analytics/history-mode'),
    CatalogTable: await output('metadata/catalog-table'),
  }
  const files = await listSqlFiles(directory, values.HistoryMode === 'true')
  const read = await Promise.all(files.map((file) => readStatements(new URL(file, directory), values)))
  const statements = read.flat()
  deployment.say(`Applying ${statements.length} statements to ${warehouse.WorkgroupName} …`)
  for (const statement of statements) await apply(deployment, warehouse, statement)
}

async function findAdminSecret({ aws }: Deployment, namespaceName: string): Promise<string> {
  const { namespace } = await aws.redshiftServerless.send(new GetNamespaceCommand({ namespaceName }))
  const secret = namespace?.adminPasswordSecretArn
  if (!secret) throw new Error(`The namespace ${namespaceName} has no secret of its administrator.`)
  return secret
}

async function apply(
  { aws, pollMs }: Deployment,
  warehouse: Warehouse,
  { file, sql, isOnce }: Statement,
): Promise<void> {
  const { Id } = await aws.redshiftData.send(new ExecuteStatementCommand({ ...warehouse, Sql: sql }))
  for (;;) {
    const { Status, Error: reason = '' } = await aws.redshiftData.send(new DescribeStatementCommand({ Id }))
    if (Status === 'FINISHED') return
    if (Status === 'FAILED' || Status === 'ABORTED') {
      if (isOnce && /already exists/i.test(reason)) return
      throw new Error(`${file}: ${reason || Status}\n${sql}`)
    }
    await setTimeout(pollMs)
  }
}
