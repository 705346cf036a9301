import { setTimeout } from 'node:timers/promises'
import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
} from '@aws-sdk/client-redshift-data'
import { GetNamespaceCommand } from '@aws-sdk/client-redshift-serverless'
import type { Aws } from '../connect-aws.ts'
import type { Deployment } from '../deployment.ts'
import { readOutput } from '../read-outputs.ts'

/** Target of the statements. With a secret they run as its user, otherwise as the user of the caller's role. */
export interface Warehouse {
  WorkgroupName: string
  Database: string
  SecretArn?: string
}

/** Dependencies of calls to the Data API, which a `Deployment` has. */
export interface DataApi {
  aws: Pick<Aws, 'redshiftData'>
  /** Polling interval. */
  pollMs: number
}

export async function findWarehouse(deployment: Deployment): Promise<Warehouse> {
  const output = (name: string) => readOutput(deployment.aws.ssm, deployment.env, name)
  return {
    WorkgroupName: await output('analytics/workgroup'),
    Database: await output('analytics/database'),
    SecretArn: await findAdminSecret(deployment, await output('analytics/namespace')),
  }
}

async function findAdminSecret({ aws }: Deployment, namespaceName: string): Promise<string> {
  const { namespace } = await aws.redshiftServerless.send(new GetNamespaceCommand({ namespaceName }))
  const secret = namespace?.adminPasswordSecretArn
  if (!secret) throw new Error(`The namespace ${namespaceName} has no administrator secret.`)
  return secret
}

/**
 * Executes a statement and waits for it.
 * @param signal cancels the statement, which would otherwise go on and be billed
 * @returns its id. @throws Error with Redshift's message, or the signal's reason
 */
export async function execute(
  api: DataApi,
  warehouse: Warehouse,
  Sql: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  // Do not abort this request: without its id, a started statement could not be cancelled.
  const { Id } = await api.aws.redshiftData.send(new ExecuteStatementCommand({ ...warehouse, Sql }))
  try {
    return await waitFor(api, Id, signal)
  } catch (error) {
    if (!signal?.aborted) throw error
    // The statement may have ended meanwhile.
    await api.aws.redshiftData.send(new CancelStatementCommand({ Id })).catch(() => {})
    throw signal.reason
  }
}

/** Executes statements in one transaction, and so in one session, and waits for them. @throws Error with Redshift's message */
export async function executeTogether(
  deployment: Deployment,
  warehouse: Warehouse,
  Sqls: string[],
): Promise<void> {
  const { Id } = await deployment.aws.redshiftData.send(
    new BatchExecuteStatementCommand({ ...warehouse, Sqls }),
  )
  await waitFor(deployment, Id)
}

async function waitFor(
  { aws, pollMs }: DataApi,
  Id: string | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  for (;;) {
    const command = new DescribeStatementCommand({ Id })
    const { Status, Error: reason } = await aws.redshiftData.send(command, { abortSignal: signal })
    if (Status === 'FINISHED') return Id
    if (Status === 'FAILED' || Status === 'ABORTED') throw new Error(reason || Status)
    await setTimeout(pollMs, undefined, { signal })
  }
}

/** Returns the first page of a query's rows; missing values are empty strings. */
export async function ask(deployment: Deployment, warehouse: Warehouse, sql: string): Promise<string[][]> {
  const Id = await execute(deployment, warehouse, sql)
  const { Records = [] } = await deployment.aws.redshiftData.send(new GetStatementResultCommand({ Id }))
  return Records.map((row) => row.map(({ stringValue = '' }) => stringValue.trim()))
}
