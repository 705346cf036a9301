import { createParser } from 'eventsource-parser'
import { GatewayUnreachable } from '../hashgate-error.ts'
import { readProblem } from '../read-problem.ts'

/** One event of a stream. */
export interface StreamMessage {
  event?: string
  data: string
}

/** The state that one connection passes to the next. */
export interface StreamPosition {
  /** `id` of the last event. */
  lastEventId?: string
  /** Seconds until the next connection, from the server's `retry`. */
  retrySeconds: number
}

export interface StreamOptions {
  url: string
  key: string
  fetch: typeof fetch
  /** Seconds without a byte after which the connection counts as dead. */
  silenceSeconds: number
  signal: AbortSignal
}

/** The response is not a stream of events: this gateway, or a proxy before it, offers none. */
export class StreamUnsupported extends Error {
  override readonly name = 'StreamUnsupported'

  constructor({ status, headers }: Response) {
    const type = headers.get('content-type') ?? 'no content type'
    super(`The gateway offers no stream of events: it answered with HTTP ${status} and ${type}.`)
  }
}

/** Bounds the memory for one event. Events of the gateway have about 1,000 characters. */
const maxEventCharacters = 1_000_000
const withoutStream = new Set([404, 405, 406, 501])

/**
 * Connects to a stream of Server-Sent Events by `fetch`, because EventSource sends no authorization header.
 * Source: WHATWG HTML, "Server-sent events".
 *
 * @param position is updated while the stream is read
 * @returns groups of events as they arrive, and an empty group for other bytes, such as comments. It ends when the server ends the
 *   response, and throws GatewayUnreachable when the connection breaks or is silent
 * @throws HashgateError when the gateway refuses, StreamUnsupported, GatewayUnreachable, or the reason of `signal`
 */
export async function openEventStream(
  options: StreamOptions,
  position: StreamPosition,
): Promise<AsyncGenerator<StreamMessage[], void>> {
  const { url, key, fetch, silenceSeconds } = options
  const connection = new AbortController()
  const signal = AbortSignal.any([options.signal, connection.signal])
  const headers = {
    accept: 'text/event-stream',
    authorization: `Bearer ${key}`,
    ...(position.lastEventId && { 'last-event-id': position.lastEventId }),
  }

  const response = await reach(() => fetch(url, { headers, signal, cache: 'no-store' }))
  const { body } = response
  if (withoutStream.has(response.status) || (response.ok && !(body && isEventStream(response)))) {
    connection.abort()
    throw new StreamUnsupported(response)
  }
  if (!response.ok || !body) throw await reach(() => readProblem(response))
  return readMessages(body)

  async function* readMessages(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
    let messages: StreamMessage[] = []
    const parser = createParser({
      maxBufferSize: maxEventCharacters,
      onEvent: ({ event, data }) => messages.push({ event, data }),
      onId: (id) => {
        position.lastEventId = id
      },
      onRetry: (ms) => {
        position.retrySeconds = ms / 1000
      },
    })
    const reader = body.pipeThrough(new TextDecoderStream()).getReader()
    async function readOn(): Promise<boolean> {
      const { done, value } = await reader.read()
      if (value) parser.feed(value)
      return !done
    }
    try {
      while (await reach(readOn)) {
        yield messages
        messages = []
      }
    } finally {
      connection.abort()
    }
  }

  /** Does what needs the gateway, and breaks the connection if that takes `silenceSeconds`. */
  async function reach<T>(work: () => Promise<T>): Promise<T> {
    const silence = new Error(`The gateway sent nothing for ${silenceSeconds} seconds.`)
    const timer = setTimeout(() => connection.abort(silence), silenceSeconds * 1000)
    try {
      return await work()
    } catch (error) {
      options.signal.throwIfAborted()
      throw new GatewayUnreachable(new URL(url).origin, error)
    } finally {
      clearTimeout(timer)
    }
  }
}

function isEventStream({ headers }: Response): boolean {
  return /^text\/event-stream\b/i.test(headers.get('content-type') ?? '')
}
