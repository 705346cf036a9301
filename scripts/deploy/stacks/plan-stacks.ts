import { DeleteStackCommand, type ResourceChange } from '@aws-sdk/client-cloudformation'
import type { Deployment } from '../deployment.ts'
import type { Stack } from '../read-stacks.ts'
import { deleteChangeSet } from './change-set.ts'
import { describeChange } from './describe-change.ts'
import { findStack, isBusy, isOnlyPlanned, isStillborn } from './find-stack.ts'
import { findMissingInputs, prepareChangeSet } from './prepare-change-set.ts'

export interface StackPlan {
  stack: Stack
  /** No such stack stands: all that it makes is to be made. */
  isNew: boolean
  changes: ResourceChange[]
}

/** Shows what a deployment would do, and changes nothing. */
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
  if (found && isStillborn(found)) {
    return {
      changes: createAll(stack),
      isNew: false,
      note: `to be created anew, after the failure before (${found.status})`,
    }
  }
  const isNew = isOnlyPlanned(found)
  const [missing] = await findMissingInputs(deployment, stack)
  // CloudFormation itself refuses to look at a stack whose inputs are not there.
  if (missing) return { changes: createAll(stack), isNew, note: `to be created, once ${missing} is written` }
  const { id, stackId, changes } = await prepareChangeSet(deployment, stack, isNew)
  if (changes.length > 0) await deleteChangeSet(deployment.aws, id)
  // The plan of a new stack leaves an empty one behind, which is nobody's.
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
