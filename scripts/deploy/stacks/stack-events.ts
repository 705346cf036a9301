import { paginateDescribeStackEvents, type StackEvent } from '@aws-sdk/client-cloudformation'
import type { Aws } from '../connect-aws.ts'

type CloudFormation = Aws['cloudFormation']

/**
 * Reads the events of a stack, oldest first: those after a known event, or those of the latest operation. Events are not selected
 * by time, as clocks differ.
 * @param after id of the last known event
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

/** Describes an event in one line; undefined for events of the stack itself and for events that start an operation. */
export function describeEvent(event: StackEvent): string | undefined {
  const { ResourceStatusReason = '', LogicalResourceId, ResourceType } = event
  const status: string = event.ResourceStatus ?? ''
  if (isOfStack(event)) return undefined
  if (isFailure(event)) return `${status} ${LogicalResourceId} (${ResourceType}): ${ResourceStatusReason}`
  return status.endsWith('_COMPLETE') ? `${status} ${LogicalResourceId}` : undefined
}

/** Whether a resource failed; resources cancelled because of another failure do not count. */
export function isFailure({ ResourceStatus, ResourceStatusReason = '' }: StackEvent): boolean {
  return String(ResourceStatus).endsWith('_FAILED') && !/cancelled/i.test(ResourceStatusReason)
}

function isBeginning(event: StackEvent): boolean {
  return isOfStack(event) && event.ResourceStatusReason === 'User Initiated'
}

function isOfStack({ PhysicalResourceId, StackId }: StackEvent): boolean {
  return PhysicalResourceId === StackId
}
