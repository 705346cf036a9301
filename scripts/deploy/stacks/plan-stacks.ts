import { DeleteStackCommand, type ResourceChange } from '@aws-sdk/client-cloudformation'
import type { Deployment } from '../deployment.ts'
import type { Stack } from '../read-stacks.ts'
import { deleteChangeSet } from './change-set.ts'
import { describeChange } from './describe-change.ts'
import { findStack, hasResources, isBusy, isFailedCreation } from './find-stack.ts'
import { refuseOtherKeeper } from './fixed-parameters.ts'
import { findMissingInputs, prepareChangeSet } from './prepare-change-set.ts'

export interface StackPlan {
  stack: Stack
  changes: ResourceChange[]
}

/**
 * Prints what a deployment would change.
 * @throws Error if a stack cannot be changed according to its parameters, or if only another principal may change it
 */
export async function planStacks(deployment: Deployment, stacks: Stack[]): Promise<StackPlan[]> {
  const plans: StackPlan[] = []
  for (const stack of stacks) {
    const { changes, note } = await planStack(deployment, stack)
    const summary = changes.length === 0 ? 'no changes' : `${changes.length} changes`
    deployment.say(`${stack.stackName}: ${note ?? summary}`)
    for (const change of changes) deployment.say(describeChange(change))
    plans.push({ stack, changes })
  }
  return plans
}

async function planStack(
  deployment: Deployment,
  stack: Stack,
): Promise<{ changes: ResourceChange[]; note?: string }> {
  const { cloudFormation } = deployment.aws
  const found = await findStack(cloudFormation, stack.stackName)
  if (found && isBusy(found)) return { changes: [], note: `busy with an earlier run (${found.status})` }
  if (found && isFailedCreation(found)) {
    return {
      changes: createAll(stack),
      note: `to be recreated after a failed creation (${found.status})`,
    }
  }
  const [missing] = await findMissingInputs(deployment, stack)
  // CloudFormation cannot create a change set while an input is missing.
  if (missing) return { changes: createAll(stack), note: `to be created, once ${missing} exists` }
  if (!hasResources(found)) return { changes: await planNewStack(deployment, stack), note: 'to be created' }
  const { id, changes } = await prepareChangeSet(deployment, stack, found)
  if (changes.length > 0) {
    await deleteChangeSet(deployment.aws, id)
    refuseOtherKeeper(deployment, stack, found)
  }
  return { changes }
}

/** Planning a new stack leaves an empty one behind, also when the planning fails. */
async function planNewStack(deployment: Deployment, stack: Stack): Promise<ResourceChange[]> {
  try {
    const { id, changes } = await prepareChangeSet(deployment, stack, undefined)
    if (changes.length > 0) await deleteChangeSet(deployment.aws, id)
    return changes
  } finally {
    await deleteEmptyStack(deployment, stack)
  }
}

async function deleteEmptyStack({ aws }: Deployment, { stackName }: Stack): Promise<void> {
  const left = await findStack(aws.cloudFormation, stackName)
  if (left?.status !== 'REVIEW_IN_PROGRESS') return
  await aws.cloudFormation.send(new DeleteStackCommand({ StackName: left.stackId }))
}

function createAll({ template }: Stack): ResourceChange[] {
  return Object.entries(template.Resources).map(([LogicalResourceId, { Type }]) => ({
    Action: 'Add',
    LogicalResourceId,
    ResourceType: Type,
  }))
}
