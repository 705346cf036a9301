import { DeleteStackCommand, type ResourceChange } from '@aws-sdk/client-cloudformation'
import type { Deployment } from '../deployment.ts'
import type { Stack } from '../read-stacks.ts'
import { deleteChangeSet } from './change-set.ts'
import { describeChange } from './describe-change.ts'
import { findStack, isBusy, isFailedCreation, isOnlyPlanned } from './find-stack.ts'
import { findMissingInputs, prepareChangeSet } from './prepare-change-set.ts'

export interface StackPlan {
  stack: Stack
  /** The stack does not exist yet. */
  isNew: boolean
  changes: ResourceChange[]
}

/** Prints what a deployment would change. */
export async function planStacks(deployment: Deployment, stacks: Stack[]): Promise<StackPlan[]> {
  const plans: StackPlan[] = []
  for (const stack of stacks) {
    const { changes, isNew, note } = await planStack(deployment, stack)
    const summary = changes.length === 0 ? 'no changes' : `${changes.length} changes`
    deployment.say(`${stack.stackName}: ${note ?? summary}`)
    for (const change of changes) deployment.say(describeChange(change))
    plans.push({ stack, isNew, changes })
  }
  return plans
}

async function planStack(
  deployment: Deployment,
  stack: Stack,
): Promise<{ changes: ResourceChange[]; isNew: boolean; note?: string }> {
  const { cloudFormation } = deployment.aws
  const found = await findStack(cloudFormation, stack.stackName)
  if (found && isBusy(found))
    return { changes: [], isNew: false, note: `busy with an earlier run (${found.status})` }
  if (found && isFailedCreation(found)) {
    return {
      changes: createAll(stack),
      isNew: false,
      note: `to be recreated after a failed creation (${found.status})`,
    }
  }
  const isNew = isOnlyPlanned(found)
  const [missing] = await findMissingInputs(deployment, stack)
  // CloudFormation cannot create a change set while an input is missing.
  if (missing) return { changes: createAll(stack), isNew, note: `to be created, once ${missing} exists` }
  const { id, stackId, changes } = await prepareChangeSet(deployment, stack, isNew)
  if (changes.length > 0) await deleteChangeSet(deployment.aws, id)
  // Planning a new stack leaves an empty one behind.
  if (isNew) await cloudFormation.send(new DeleteStackCommand({ StackName: stackId }))
  return { changes, isNew, ...(isNew && { note: 'to be created' }) }
}

function createAll({ template }: Stack): ResourceChange[] {
  return Object.entries(template.Resources).map(([LogicalResourceId, { Type }]) => ({
    Action: 'Add',
    LogicalResourceId,
    ResourceType: Type,
  }))
}
