import type { ResourceChange } from '@aws-sdk/client-cloudformation'
import { type Deployment, isYes } from '../deployment.ts'
import { deleteChangeSet, executeChangeSet } from './change-set.ts'
import { describeChange, isDestructive } from './describe-change.ts'
import { followStack } from './follow-stack.ts'
import type { StackPlan } from './plan-stacks.ts'
import { bringArtefact, findMissingInputs, prepareChangeSet } from './prepare-change-set.ts'
import { settleStack } from './settle-stack.ts'
import { findLastEvent } from './stack-events.ts'

/** What somebody has seen and said yes to. */
type Approved = Pick<StackPlan, 'stack' | 'changes'>

/**
 * Carries out a plan, stack by stack. Each is looked at once more before: those that are deployed here before it may have
 * changed what it reads.
 * @throws Error that says what failed, and where; what is done stays done, and another run goes on from there
 */
export async function deployStacks(deployment: Deployment, plans: Approved[]): Promise<void> {
  for (const plan of plans) {
    await deployStack(deployment, plan).catch((error: Error) => {
      throw new Error(`${plan.stack.stackName}: ${error.message}`, { cause: error })
    })
  }
}

async function deployStack(deployment: Deployment, { stack, changes: planned }: Approved): Promise<void> {
  const { isNew } = await settleStack(deployment, stack)
  const [missing] = await findMissingInputs(deployment, stack)
  if (missing) throw new Error(`it reads ${missing}, which nobody has written. Deploy that stack first.`)
  await bringArtefacts(deployment, Object.keys(stack.template.Parameters ?? {}))

  const changeSet = await prepareChangeSet(deployment, stack, isNew)
  if (changeSet.changes.length === 0) return deployment.say(`${stack.stackName}: no changes`)
  if (!(await agree(deployment, changeSet.changes, planned))) {
    await deleteChangeSet(deployment.aws, changeSet.id)
    throw new Error('not deployed, as you said.')
  }
  deployment.say(`${stack.stackName}: ${isNew ? 'creating' : 'changing'} …`)
  const last = await findLastEvent(deployment.aws.cloudFormation, changeSet.stackId)
  await executeChangeSet(deployment.aws, changeSet)
  await followStack(deployment.aws, changeSet.stackId, last, deployment)
  deployment.say(`${stack.stackName}: done`)
}

async function bringArtefacts(deployment: Deployment, parameterNames: string[]): Promise<void> {
  const { processor, gateway } = deployment.artefacts
  if (processor && parameterNames.includes('ProcessorArtefactKey')) await bringArtefact(deployment, processor)
  if (gateway && parameterNames.includes('GatewayArtefactKey')) await bringArtefact(deployment, gateway)
}

/** Nothing goes that the plan, to which somebody has said yes, did not show. */
async function agree(
  { ask, say }: Deployment,
  changes: ResourceChange[],
  planned: ResourceChange[],
): Promise<boolean> {
  const shown = new Set(planned.filter(isDestructive).map(({ LogicalResourceId }) => LogicalResourceId))
  const unseen = changes.filter(
    (change) => isDestructive(change) && !shown.has(change.LogicalResourceId ?? ''),
  )
  if (unseen.length === 0) return true
  say('The plan did not show these:')
  for (const change of unseen) say(describeChange(change))
  return isYes(await ask('Go on?'))
}
