import type { ServerResponse } from 'node:http'
import type { Logger } from '../../core/telemetry/logger.ts'
import { type CloseReason, createEventReader, type EventFilter } from './event-reader.ts'
import type { streamLimits } from './stream-limits.ts'

export interface StreamRequest extends EventFilter {
  tenant: string
  lastEventId?: string
  /** Whether the credentials are still valid. */
  isAllowed: () => Promise<boolean>
  logger: Logger
}

interface StreamOptions {
  limits: typeof streamLimits
  /** The id of the tenant's last event. */
  lastId: () => string
  /** From 0 to 1. */
  random: () => number
}

export type EventStream = ReturnType<typeof createEventStream>

/** One open stream, which ends by itself: after its lifetime, or when its credentials are no longer valid. */
export function createEventStream(request: StreamRequest, response: ServerResponse, options: StreamOptions) {
  const { limits, lastId, random } = options
  const { heartbeatSeconds, minLifetimeSeconds: min, maxLifetimeSeconds: max } = limits
  const reader = createEventReader(response, request, limits.maxBufferedBytes)
  // Spread, so that streams that were opened together neither do their work nor end in the same second.
  let age = Math.floor(random() * heartbeatSeconds)
  const endsAt = age + min + Math.floor(random() * (max - min))
  /** The age at which the response is cut off if its reader has not read the end. */
  let cutOffAt = Number.POSITIVE_INFINITY

  /** Does the work of one second. */
  function tick(): void {
    age += 1
    if (age >= cutOffAt) reader.cutOff()
    else if (age >= endsAt) end('lifetime')
    else {
      if (age % heartbeatSeconds === 0) reader.heartbeat()
      if (age % limits.recheckSeconds === 0) void recheck()
    }
  }

  async function recheck(): Promise<void> {
    if (!(await request.isAllowed())) end('credentials')
  }

  /** Ends the response. A reader that does not read the end is cut off some seconds later. */
  function end(reason: CloseReason): void {
    if (cutOffAt < Number.POSITIVE_INFINITY) return
    cutOffAt = age + limits.flushSeconds
    reader.end(reason, lastId())
  }

  return { request, reader, tick, end, ageSeconds: () => age }
}
