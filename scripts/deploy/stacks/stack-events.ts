import { paginateDescribeStackEvents, type StackEvent } from '@aws-sdk/client-cloudformation'
import type { Aws } from '../connect-aws.ts'

type CloudFormation = Aws['cloudFormation']

/**
 * What has happened to a stack, oldest first: since an event, or in its latest operation. Not since a time: clocks are apart.
 * @param after id of the last event that is known
 */
export async function readEvents(
  client: CloudFormation,
  StackName: string,
  after?: string,
): Promise<StackEvent[]> {
  const events: StackEvent[] = []
  for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName })) {
    for (const event of StackEvents) {
      if (after !== undefined && event.EventId === after) return events.reverse()
      events.push(event)
      if (after === undefined && isBeginning(event)) return events.reverse()
    }
  }
  return events.reverse()
}

export async function findLastEvent(client: CloudFormation, StackName: string): Promise<string | undefined> {
  for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName })) {
    return StackEvents[0]?.EventId
  }
  return undefined
}

/** A line for people; undefined for the stack itself and for beginnings, which are noise between the lines that count. */
export function describeEvent(event: StackEvent): string | undefined {
  const { ResourceStatusReason = '', LogicalResourceId, ResourceType } = event
  const status: string = event.ResourceStatus ?? ''
  if (isOfStack(event)) return undefined
  if (isFailure(event)) return `${status} ${LogicalResourceId} (${ResourceType}): ${ResourceStatusReason}`
  return status.endsWith('_COMPLETE') ? `${status} ${LogicalResourceId}` : undefined
}

/** Those that were cancelled because another one failed have no fault. */
export function isFailure({ ResourceStatus, ResourceStatusReason = '' }: StackEvent): boolean {
  return String(ResourceStatus).endsWith('_FAILED') && !/cancelled/i.test(ResourceStatusReason)
}

function isBeginning(event: StackEvent): boolean {
  return isOfStack(event) && event.ResourceStatusReason === 'User Initiated'
}

function isOfStack({ PhysicalResourceId, StackId }: StackEvent): boolean {
  return PhysicalResourceId === StackId
}
