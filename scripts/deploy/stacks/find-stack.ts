import { DescribeStacksCommand, type StackStatus } from '@aws-sdk/client-cloudformation'
import type { Aws } from '../connect-aws.ts'

export interface FoundStack {
  stackId: string
  status: StackStatus
  reason?: string
}

/** @param stackName or its id, by which a deleted one is still found. @returns undefined when it is not there */
export async function findStack(
  cloudFormation: Aws['cloudFormation'],
  stackName: string,
): Promise<FoundStack | undefined> {
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }))
    const [{ StackId = '', StackStatus, StackStatusReason } = {}] = Stacks
    return StackStatus && { stackId: StackId, status: StackStatus, reason: StackStatusReason }
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined
    throw error
  }
}

/** A change set was made for it, and never executed: it has no resources yet. */
export function isOnlyPlanned(stack: FoundStack | undefined): boolean {
  return stack === undefined || stack.status === 'REVIEW_IN_PROGRESS' || stack.status === 'DELETE_COMPLETE'
}

export function isBusy({ status }: FoundStack): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS'
}

/** It never came to be, and can only be deleted. */
export function isStillborn({ status }: FoundStack): boolean {
  return ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED'].includes(status)
}
