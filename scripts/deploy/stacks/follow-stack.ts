import { setTimeout } from 'node:timers/promises'
import type { Aws } from '../connect-aws.ts'
import { type FoundStack, findStack, isBusy } from './find-stack.ts'
import { describeEvent, isFailure, readEvents } from './stack-events.ts'

export interface FollowOptions {
  say: (line: string) => void
  /** Polling interval. */
  pollMs: number
}

/** An operation of a stack that failed. */
export class StackFailure extends Error {
  readonly status: string
  /** Reasons of the failed resources, one line each. */
  readonly reasons: string[]

  constructor(status: string, reasons: string[]) {
    super(`It ended as ${status}:\n${reasons.map((line) => `  ${line}`).join('\n')}`)
    this.status = status
    this.reasons = reasons
  }
}

const successes = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE', 'DELETE_COMPLETE']

/**
 * Prints the events of a stack until its operation ends. There is no timeout, as CloudFormation has its own.
 * @param after id of the last event before; without it, prints the latest operation from its start
 * @throws StackFailure with the reasons of the failed resources if the operation fails
 */
export async function followStack(
  { cloudFormation }: Pick<Aws, 'cloudFormation'>,
  stackId: string,
  after: string | undefined,
  { say, pollMs }: FollowOptions,
): Promise<void> {
  const printed = new Set<string>()
  const failures: string[] = []
  for (;;) {
    // The status comes first, so that events after it are printed in the next round.
    const stack = await findStack(cloudFormation, stackId)
    for (const event of await readEvents(cloudFormation, stackId, after)) {
      const { EventId = '' } = event
      if (printed.has(EventId)) continue
      printed.add(EventId)
      const line = describeEvent(event)
      if (line) say(`    ${line}`)
      if (line && isFailure(event)) failures.push(line)
    }
    // Right after a command, the status may still be the old one, without a new event.
    if (stack && !isBusy(stack) && printed.size > 0) return judge(stack, failures)
    await setTimeout(pollMs)
  }
}

function judge({ status, reason }: FoundStack, failures: string[]): void {
  if (successes.includes(status)) return
  throw new StackFailure(status, failures.length > 0 ? failures : [reason ?? 'no reason given'])
}
