import { setTimeout } from 'node:timers/promises'
import type { Aws } from '../connect-aws.ts'
import { type FoundStack, findStack, isBusy } from './find-stack.ts'
import { describeEvent, isFailure, readEvents } from './stack-events.ts'

export interface FollowOptions {
  say: (line: string) => void
  /** Pause between two looks. */
  pollMs: number
}

const successes = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE', 'DELETE_COMPLETE']

/**
 * Tells what happens to a stack until it has come to rest, however long that takes: CloudFormation has limits of its own.
 * @param after id of the last event before; without it the latest operation is told from its beginning
 * @throws Error with the reasons of the resources that failed, when it does not come to a good end
 */
export async function followStack(
  { cloudFormation }: Pick<Aws, 'cloudFormation'>,
  stackId: string,
  after: string | undefined,
  { say, pollMs }: FollowOptions,
): Promise<void> {
  const told = new Set<string>()
  const failures: string[] = []
  for (;;) {
    // First the status: events that come after it are told in the next round.
    const stack = await findStack(cloudFormation, stackId)
    for (const event of await readEvents(cloudFormation, stackId, after)) {
      const { EventId = '' } = event
      if (told.has(EventId)) continue
      told.add(EventId)
      const line = describeEvent(event)
      if (line) say(`    ${line}`)
      if (line && isFailure(event)) failures.push(line)
    }
    // Just after a command the old status may still be told, without a new event.
    if (stack && !isBusy(stack) && told.size > 0) return judge(stack, failures)
    await setTimeout(pollMs)
  }
}

function judge({ status, reason }: FoundStack, failures: string[]): void {
  if (successes.includes(status)) return
  const reasons = failures.length > 0 ? failures : [reason ?? 'no reason given']
  throw new Error(`It ended as ${status}:\n${reasons.map((line) => `  ${line}`).join('\n')}`)
}
