import {
  GetTemplateCommand,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation'
import { type Deployment, isYes } from '../deployment.ts'
import type { Stack } from '../read-stacks.ts'
import { listReads } from '../resolve-parameters.ts'
import { isKept, parseTemplate } from '../template.ts'
import { deleteStack } from './delete-stack.ts'
import { findStack } from './find-stack.ts'
import { protectStack } from './protect-stack.ts'

interface StackToDelete {
  stack: Stack
  stackId: string
  isProtected?: boolean
  removed: string[]
  /** Retained resources with their names. */
  retained: string[]
}

/**
 * Deletes stacks in reverse order after two confirmations. Buckets, tables, keys, secrets and logs are retained.
 * @param all every stack of the environment; a stack whose outputs another one reads is not deleted
 * @returns whether the stacks were deleted
 */
export async function destroyStacks(deployment: Deployment, stacks: Stack[], all: Stack[]): Promise<boolean> {
  const { say, env, caller } = deployment
  const toDelete = (await Promise.all(stacks.map((stack) => inspectStack(deployment, stack))))
    .filter((found) => found !== undefined)
    .reverse()
  if (toDelete.length === 0) {
    say(`There is nothing to destroy in ${env}.`)
    return true
  }
  await refuseWhileRead(deployment, toDelete, all)
  for (const { stack, removed, retained } of toDelete) {
    say(`${stack.stackName}: ${removed.length} resources to remove, ${retained.length} to keep`)
    for (const line of removed) say(`  - remove    ${line}`)
    for (const line of retained) say(`    keep      ${line}`)
  }
  if (!(await isConfirmed(deployment, toDelete.length))) {
    say('Nothing was destroyed.')
    return false
  }
  for (const one of toDelete) await destroyStack(deployment, one)
  say(
    `Destroyed in account ${caller.account}, ${caller.region}. The retained resources cost money and hold data:`,
  )
  for (const line of toDelete.flatMap(({ retained }) => retained)) say(`  ${line}`)
  say(
    `Before you deploy ${env} again, delete or import those with fixed names: see deploy/README.md, "Destroy".`,
  )
  return true
}

async function isConfirmed({ ask, env, caller }: Deployment, count: number): Promise<boolean> {
  const where = `account ${caller.account}, ${caller.region}`
  if (!isYes(await ask(`Destroy these ${count} stacks of ${env} in ${where}? (yes/no)`))) return false
  return (await ask('This stops the service. Type the name of the environment to confirm:')) === env
}

async function destroyStack(
  deployment: Deployment,
  { stack, stackId, isProtected }: StackToDelete,
): Promise<void> {
  deployment.say(`${stack.stackName}: deleting …`)
  try {
    if (isProtected) await protectStack(deployment, stackId, false)
    await deleteStack(deployment, stackId)
  } catch (error) {
    const { message } = error as Error
    throw new Error(
      `${stack.stackName} could not be deleted; the stacks before it are deleted. ${message}\nRun the same command again to continue.`,
    )
  }
}

async function inspectStack({ aws }: Deployment, stack: Stack): Promise<StackToDelete | undefined> {
  const client = aws.cloudFormation
  const found = await findStack(client, stack.stackName)
  if (!found) return undefined
  const resources = await listResources(client, stack.stackName)
  const kept = await readKept(client, stack.stackName)
  return {
    stack,
    stackId: found.stackId,
    isProtected: found.isProtected,
    removed: resources.filter(([id]) => !kept.has(id)).map(([, line]) => line),
    retained: resources.filter(([id]) => kept.has(id)).map(([, line]) => line),
  }
}

async function listResources(
  client: Deployment['aws']['cloudFormation'],
  StackName: string,
): Promise<[logicalId: string, line: string][]> {
  const resources: StackResourceSummary[] = []
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
    resources.push(...StackResourceSummaries)
  }
  // After a deletion that failed, the list still has what it deleted.
  const left = resources.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE')
  return left.map(({ LogicalResourceId = '', ResourceType, PhysicalResourceId = '' }) => [
    LogicalResourceId,
    `${LogicalResourceId}  ${ResourceType}  ${PhysicalResourceId}`,
  ])
}

/** Uses the deployed template, which may differ from the local one. */
async function readKept(
  client: Deployment['aws']['cloudFormation'],
  StackName: string,
): Promise<Set<string>> {
  const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }))
  const { Resources = {} } = TemplateBody ? parseTemplate(TemplateBody) : { Resources: {} }
  return new Set(Object.keys(Resources).filter((id) => isKept(Resources[id] ?? { Type: '' })))
}

async function refuseWhileRead(
  deployment: Deployment,
  toDelete: StackToDelete[],
  all: Stack[],
): Promise<void> {
  const names = new Set(toDelete.map(({ stack }) => stack.name))
  for (const stack of all.filter(({ name }) => !names.has(name))) {
    const read = listReads(stack, deployment.env)
      .map((path) => path.split('/')[3] ?? '')
      .find((name) => names.has(name))
    if (!read || !(await findStack(deployment.aws.cloudFormation, stack.stackName))) continue
    throw new Error(`${stack.stackName} still reads outputs of ${read}. Destroy ${stack.name} first.`)
  }
}
