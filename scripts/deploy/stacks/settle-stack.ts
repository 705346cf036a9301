import type { Deployment } from '../deployment.ts'
import type { Stack } from '../read-stacks.ts'
import { deleteStack } from './delete-stack.ts'
import { type FoundStack, findStack, hasResources, isBusy, isFailedCreation } from './find-stack.ts'
import { followStack } from './follow-stack.ts'

const updatable = /^(CREATE|UPDATE|IMPORT|UPDATE_ROLLBACK|IMPORT_ROLLBACK)_COMPLETE$/

/**
 * Brings a stack into a state in which it can be changed: waits for the operation of an interrupted run, and deletes a stack
 * whose creation failed.
 * @returns the stack, or undefined if it is still to be created
 * @throws Error if the operator must intervene
 */
export async function settleStack(
  deployment: Deployment,
  { stackName }: Stack,
): Promise<FoundStack | undefined> {
  const { cloudFormation } = deployment.aws
  for (;;) {
    const stack = await findStack(cloudFormation, stackName)
    if (!hasResources(stack)) return undefined
    if (isBusy(stack)) {
      deployment.say(`  ${stackName} is ${stack.status} from an earlier run: waiting.`)
      // The next round checks the resulting status.
      await followStack(deployment.aws, stack.stackId, undefined, deployment).catch((error: Error) =>
        deployment.say(`  ${error.message}`),
      )
    } else if (isFailedCreation(stack)) {
      deployment.say(`  ${stackName} is ${stack.status} after a failed creation: deleting it.`)
      await deleteStack(deployment, stack.stackId)
    } else if (updatable.test(stack.status)) return stack
    else throw new Error(describeTrouble(stackName, stack.status, stack.reason))
  }
}

function describeTrouble(stackName: string, status: string, reason = 'no reason given'): string {
  const advice =
    status === 'UPDATE_ROLLBACK_FAILED'
      ? `Fix the cause shown in its events, then run "aws cloudformation continue-update-rollback --stack-name ${stackName}".`
      : 'Check its events in the CloudFormation console.'
  return `${stackName} is ${status} (${reason}). ${advice}`
}
