import type { ResourceChange } from '@aws-sdk/client-cloudformation'
import { pairWithParameters } from '../artefacts.ts'
import { type Deployment, isYes } from '../deployment.ts'
import { deleteChangeSet, executeChangeSet } from './change-set.ts'
import { describeChange, isDestructive, isRevertingDrift } from './describe-change.ts'
import { refuseOtherKeeper } from './fixed-parameters.ts'
import { followStack } from './follow-stack.ts'
import type { StackPlan } from './plan-stacks.ts'
import { ensureArtefact, findMissingInputs, prepareChangeSet } from './prepare-change-set.ts'
import { holdsData, protectStack } from './protect-stack.ts'
import { settleStack } from './settle-stack.ts'
import { findLastEvent } from './stack-events.ts'

/** The part of a plan that the operator approved. */
type Approved = Pick<StackPlan, 'stack' | 'changes'>

/**
 * Deploys stack by stack. Each stack gets a new change set, because the stacks deployed before it may have changed its inputs.
 * @throws Error that names the stack and the reason; deployed stacks stay, and another run continues from there
 */
export async function deployStacks(deployment: Deployment, plans: Approved[]): Promise<void> {
  for (const plan of plans) {
    await deployStack(deployment, plan).catch((error: Error) => {
      throw new Error(`${plan.stack.stackName}: ${error.message}`, { cause: error })
    })
  }
}

async function deployStack(deployment: Deployment, { stack, changes: planned }: Approved): Promise<void> {
  const found = await settleStack(deployment, stack)
  const [missing] = await findMissingInputs(deployment, stack)
  if (missing) throw new Error(`its input ${missing} does not exist. Deploy the stack that writes it first.`)
  await uploadArtefacts(deployment, Object.keys(stack.template.Parameters ?? {}))

  const changeSet = await prepareChangeSet(deployment, stack, found)
  if (changeSet.changes.length === 0) {
    if (found && !found.isProtected && holdsData(stack)) await protectStack(deployment, found.stackId, true)
    return deployment.say(`${stack.stackName}: no changes`)
  }
  refuseOtherKeeper(deployment, stack, found)
  if (!(await confirm(deployment, changeSet.changes, planned))) {
    await deleteChangeSet(deployment.aws, changeSet.id)
    throw new Error('not deployed: the changes were not confirmed.')
  }
  deployment.say(`${stack.stackName}: ${found ? 'changing' : 'creating'} …`)
  const last = await findLastEvent(deployment.aws.cloudFormation, changeSet.stackId)
  await executeChangeSet(deployment.aws, changeSet)
  await followStack(deployment.aws, changeSet.stackId, last, deployment)
  if (holdsData(stack)) await protectStack(deployment, changeSet.stackId, true)
  deployment.say(`${stack.stackName}: done`)
}

async function uploadArtefacts(deployment: Deployment, parameterNames: string[]): Promise<void> {
  for (const [parameter, artefact] of pairWithParameters(deployment.artefacts)) {
    if (parameterNames.includes(parameter)) await ensureArtefact(deployment, artefact)
  }
}

const needsApproval = (change: ResourceChange) => isDestructive(change) || isRevertingDrift(change)

/** Asks for confirmation before a resource is removed, replaced or restored, unless the approved plan showed that change. */
async function confirm(
  { ask, say }: Deployment,
  changes: ResourceChange[],
  planned: ResourceChange[],
): Promise<boolean> {
  const shown = new Set(planned.filter(needsApproval).map(({ LogicalResourceId }) => LogicalResourceId))
  const unseen = changes.filter(
    (change) => needsApproval(change) && !shown.has(change.LogicalResourceId ?? ''),
  )
  if (unseen.length === 0) return true
  say('The plan did not show these changes:')
  for (const change of unseen) say(describeChange(change))
  return isYes(await ask('Continue? (yes/no)'))
}
