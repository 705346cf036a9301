import { setTimeout } from 'node:timers/promises'
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation'
import type { Deployment } from '../deployment.ts'
import { followStack, StackFailure } from './follow-stack.ts'
import { findLastEvent } from './stack-events.ts'

/** Polls between attempts: two minutes at 5 s per poll, so that all attempts last longer than the interfaces. */
const pausePolls = 24
const maxAttempts = 25

/** EC2's errors for security groups, subnets and networks whose interfaces still exist. */
const isInUse = /DependencyViolation|dependent object|has dependencies|in use/i

/**
 * Deletes a stack and waits for the result. Lambda keeps the network interfaces of a deleted function for up to 40 minutes, and until then
 * their security groups and subnets cannot be deleted. CloudFormation itself waits for the interfaces of a function if the caller has the
 * permission `ec2:DescribeNetworkInterfaces`, but no such wait is documented for those of event sources. So a deletion that fails for this
 * reason is repeated.
 * Sources: AWS::Lambda::Function VpcConfig in the CloudFormation reference; terraform-provider-aws, issue 10329.
 * @throws Error with the reasons if the deletion fails for another reason, or still fails after 25 attempts
 */
export async function deleteStack(deployment: Deployment, stackId: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryToDelete(deployment, stackId)
    } catch (error) {
      if (!isTemporary(error) || attempt === maxAttempts) throw error
      deployment.say(
        `    Lambda keeps network interfaces of deleted functions for up to 40 minutes. Trying again (${attempt} of ${maxAttempts - 1}) …`,
      )
      await setTimeout(pausePolls * deployment.pollMs)
    }
  }
}

async function tryToDelete(deployment: Deployment, stackId: string): Promise<void> {
  const { cloudFormation } = deployment.aws
  const last = await findLastEvent(cloudFormation, stackId)
  await cloudFormation.send(new DeleteStackCommand({ StackName: stackId }))
  await followStack(deployment.aws, stackId, last, deployment)
}

/** Whether all failures are caused by existing interfaces. */
function isTemporary(error: unknown): boolean {
  return (
    error instanceof StackFailure &&
    error.status === 'DELETE_FAILED' &&
    error.reasons.every((reason) => isInUse.test(reason))
  )
}
