import { HashgateError, isTransient } from '../hashgate-error.ts'
import { backoffSeconds } from '../retry.ts'
import {
  openEventStream,
  type StreamMessage,
  type StreamOptions,
  type StreamPosition,
  StreamUnsupported,
} from './event-stream.ts'

export interface FollowOptions extends Omit<StreamOptions, 'url'> {
  /** URL of the next connection. */
  url: () => string
}

export type StreamNews =
  /** Connected: no event is missed from now on. `resumed`: none was missed since the last one either, unless `resync` follows. */
  | { state: 'open'; resumed: boolean }
  | { state: 'messages'; messages: StreamMessage[] }
  /** Not connected. The next pull connects again; before it, the caller waits or reads images. `failures`: attempts in a row. */
  | { state: 'closed'; waitSeconds: number; failures: number; error?: unknown }
  /** The last item: there is no stream. */
  | { state: 'unsupported'; error: StreamUnsupported }

const maxWaitSeconds = 30

/**
 * Follows the stream over any number of connections.
 * @throws HashgateError when the gateway refuses permanently, for example because the key was revoked; the reason of `signal`
 */
export async function* followEvents(options: FollowOptions): AsyncGenerator<StreamNews, void> {
  const position: StreamPosition = { retrySeconds: 1 }
  /** Attempts in a row that received no byte. */
  let failures = 0
  for (;;) {
    let error: unknown
    failures += 1
    try {
      const resumed = position.lastEventId !== undefined
      const stream = await openEventStream({ ...options, url: options.url() }, position)
      yield { state: 'open', resumed }
      for await (const messages of stream) {
        failures = 0
        if (messages.length > 0) yield { state: 'messages', messages }
      }
    } catch (cause) {
      error = cause
    }
    options.signal.throwIfAborted()
    if (error instanceof StreamUnsupported) return yield { state: 'unsupported', error }
    if (error && !isTransient(error)) throw error
    yield { state: 'closed', waitSeconds: waitSeconds(error), failures, error }
  }

  function waitSeconds(error: unknown): number {
    const asked = error instanceof HashgateError ? error.retryAfterSeconds : undefined
    return Math.min(asked ?? backoffSeconds(failures + 1, position.retrySeconds), maxWaitSeconds)
  }
}
