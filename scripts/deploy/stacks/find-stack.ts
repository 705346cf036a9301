import { DescribeStacksCommand, type StackStatus } from '@aws-sdk/client-cloudformation'
import type { Aws } from '../connect-aws.ts'

export interface FoundStack {
  stackId: string
  status: StackStatus
  reason?: string
  /** Parameter values of the last deployment. */
  parameters: Record<string, string>
  /** Whether termination protection is on. */
  isProtected?: boolean
}

/** @param stackName name or id; a deleted stack is found only by its id. @returns undefined if there is none */
export async function findStack(
  cloudFormation: Aws['cloudFormation'],
  stackName: string,
): Promise<FoundStack | undefined> {
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }))
    const [
      { StackId = '', StackStatus, StackStatusReason, Parameters = [], EnableTerminationProtection } = {},
    ] = Stacks
    const parameters = Object.fromEntries(
      Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
    )
    return (
      StackStatus && {
        stackId: StackId,
        status: StackStatus,
        reason: StackStatusReason,
        parameters,
        isProtected: EnableTerminationProtection,
      }
    )
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined
    throw error
  }
}

/** Whether the stack has resources. Otherwise it has at most a change set that was never executed. */
export function hasResources(stack: FoundStack | undefined): stack is FoundStack {
  return stack !== undefined && stack.status !== 'REVIEW_IN_PROGRESS' && stack.status !== 'DELETE_COMPLETE'
}

export function isBusy({ status }: FoundStack): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS'
}

/** Whether the creation failed, so that the stack can only be deleted. */
export function isFailedCreation({ status }: FoundStack): boolean {
  return ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED'].includes(status)
}
