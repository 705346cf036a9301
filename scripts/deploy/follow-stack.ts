import { setTimeout } from 'node:timers/promises'
import { paginateDescribeStackEvents, type StackEvent } from '@aws-sdk/client-cloudformation'
import type { Aws } from './connect-aws.ts'
import { type FoundStack, findStack, isBusy } from './find-stack.ts'

export interface FollowOptions {
  say: (line: string) => void
  /** Pause between two looks. */
  pollMs: number
}

const successes = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE', 'DELETE_COMPLETE']

/**
 * Tells what happens to a stack until it has come to rest, however long that takes: CloudFormation has limits of its own.
 * @param since epoch milliseconds; what happened before is not told
 * @throws Error with the reasons of the resources that failed, when it does not come to a good end
 */
export async function followStack(
  { cloudFormation }: Pick<Aws, 'cloudFormation'>,
  stackId: string,
  since: number,
  { say, pollMs }: FollowOptions,
): Promise<void> {
  const told = new Set<string>()
  const failures: string[] = []
  for (;;) {
    const stack = await findStack(cloudFormation, stackId)
    const events = await readEvents(cloudFormation, stackId, since)
    for (const event of events) {
      if (told.has(event.EventId ?? '')) continue
      told.add(event.EventId ?? '')
      const line = describeEvent(event)
      if (line) say(`    ${line}`)
      if (line && isFailure(event)) failures.push(line)
    }
    if (stack && !isBusy(stack)) return judge(stack, failures)
    await setTimeout(pollMs)
  }
}

function judge({ status, reason }: FoundStack, failures: string[]): void {
  if (successes.includes(status)) return
  const reasons = failures.length > 0 ? failures : [reason ?? 'no reason given']
  throw new Error(`It ended as ${status}:\n${reasons.map((line) => `  ${line}`).join('\n')}`)
}

/** Oldest first. */
async function readEvents(client: Aws['cloudFormation'], StackName: string, since: number) {
  const events: StackEvent[] = []
  for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName })) {
    const recent = StackEvents.filter(({ Timestamp }) => (Timestamp?.getTime() ?? 0) >= since)
    events.push(...recent)
    if (recent.length < StackEvents.length) break
  }
  return events.reverse()
}

function describeEvent(event: StackEvent): string | undefined {
  const { ResourceStatusReason = '', LogicalResourceId, ResourceType } = event
  const status: string = event.ResourceStatus ?? ''
  // The stack itself, and beginnings, are only noise between the lines that count.
  if (event.PhysicalResourceId === event.StackId) return undefined
  if (isFailure(event)) return `${status} ${LogicalResourceId} (${ResourceType}): ${ResourceStatusReason}`
  return status.endsWith('_COMPLETE') ? `${status} ${LogicalResourceId}` : undefined
}

/** The others are cancelled when one fails: they have no fault. */
function isFailure({ ResourceStatus, ResourceStatusReason = '' }: StackEvent): boolean {
  return String(ResourceStatus).endsWith('_FAILED') && !/cancelled/i.test(ResourceStatusReason)
}
