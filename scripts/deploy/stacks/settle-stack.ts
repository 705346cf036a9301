import { DeleteStackCommand } from '@aws-sdk/client-cloudformation'
import type { Deployment } from '../deployment.ts'
import type { Stack } from '../read-stacks.ts'
import { findStack, isBusy, isOnlyPlanned, isStillborn } from './find-stack.ts'
import { followStack } from './follow-stack.ts'
import { findLastEvent } from './stack-events.ts'

const fits = /^(CREATE|UPDATE|IMPORT|UPDATE_ROLLBACK|IMPORT_ROLLBACK)_COMPLETE$/

/**
 * Brings a stack into a state in which it can be changed: waits for what an interrupted run has left under way, and clears
 * away what could not be created.
 * @returns whether it is still to be created
 * @throws Error when only a person can help
 */
export async function settleStack(deployment: Deployment, { stackName }: Stack): Promise<{ isNew: boolean }> {
  const { cloudFormation } = deployment.aws
  for (;;) {
    const stack = await findStack(cloudFormation, stackName)
    if (stack === undefined || isOnlyPlanned(stack)) return { isNew: true }
    if (isBusy(stack)) {
      deployment.say(`  ${stackName} is ${stack.status}, from an earlier run: waiting for it.`)
      // How it ends is seen in its status.
      await followStack(deployment.aws, stack.stackId, undefined, deployment).catch((error: Error) =>
        deployment.say(`  ${error.message}`),
      )
    } else if (isStillborn(stack)) {
      deployment.say(`  ${stackName} could not be created before (${stack.status}): clearing it away.`)
      const last = await findLastEvent(cloudFormation, stack.stackId)
      await cloudFormation.send(new DeleteStackCommand({ StackName: stack.stackId }))
      await followStack(deployment.aws, stack.stackId, last, deployment)
    } else if (fits.test(stack.status)) return { isNew: false }
    else throw new Error(describeTrouble(stackName, stack.status, stack.reason))
  }
}

function describeTrouble(stackName: string, status: string, reason = 'no reason given'): string {
  const advice =
    status === 'UPDATE_ROLLBACK_FAILED'
      ? `Mend what the events name, then "aws cloudformation continue-update-rollback --stack-name ${stackName}".`
      : 'Look at its events in the CloudFormation console.'
  return `${stackName} is ${status} (${reason}). ${advice}`
}
