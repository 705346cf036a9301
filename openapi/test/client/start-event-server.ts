import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { Image } from '../../packages/client/src/types.ts'

export const idOf = (digit: string) => digit.repeat(64)
const createdAt = '2026-11-22T10:00:00.000Z'

type State = Pick<Image, 'status'> & Partial<Image>

/** A connection to `/v1/events`. */
export class Connection {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly closed: Promise<unknown>

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request
    this.response = response
    this.closed = once(response, 'close')
  }

  get query(): URLSearchParams {
    return new URL(this.request.url ?? '', 'http://localhost').searchParams
  }

  /** Sends the head and the greeting. */
  open(greeting = 'retry: 1\n\n', type = 'text/event-stream'): void {
    this.response.writeHead(200, { 'content-type': type })
    this.response.flushHeaders()
    if (greeting) this.response.write(greeting)
  }

  send(text: string | Uint8Array): void {
    this.response.write(text)
  }

  refuse(status: number, code: string, headers: Record<string, string> = {}): void {
    this.response.writeHead(status, { 'content-type': 'application/problem+json', ...headers })
    this.response.end(JSON.stringify({ type: 'about:blank', title: `${code}.`, status, code }))
  }
}

export interface EventServer {
  gateway: string
  key: string
  /** The calls in order, without the host: `GET /v1/events`. */
  calls: string[]
  images: Map<string, State>
  /** Statuses with which the next reads of images are refused. */
  refusals: number[]
}

/** A gateway whose stream of events behaves as `connect` does for the first connection, the second, … */
export async function startEventServer(
  t: Test,
  connect: (connection: Connection, number: number, server: EventServer) => void | Promise<void>,
): Promise<EventServer> {
  let connections = 0
  const http = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    server.calls.push(`${request.method} ${path}`)
    if (path !== '/v1/events')
      return readImage(path.split('/').at(-1) ?? '', new Connection(request, response))
    connections += 1
    void connect(new Connection(request, response), connections, server)
  })

  function readImage(imageId: string, connection: Connection): void {
    const state = server.images.get(imageId)
    const refusal = server.refusals.shift()
    if (refusal) connection.refuse(refusal, 'REFUSED', { 'retry-after': '0' })
    else if (!state) connection.refuse(404, 'IMAGE_NOT_FOUND')
    else {
      connection.response.writeHead(200, { 'content-type': 'application/json' })
      connection.response.end(JSON.stringify({ imageId, createdAt, ...state }))
    }
  }

  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const gateway = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const server: EventServer = { gateway, key: 'test-key', calls: [], images: new Map(), refusals: [] }
  t.teardown(() => {
    http.closeAllConnections()
    http.close()
  })
  return server
}

/** The bytes of an event about an image, as the gateway streams it. */
export function eventText(
  imageId: string,
  sequence: number,
  { id = '', type = 'image.processed', extra = {} } = {},
) {
  const data = { imageId, generation: '20261122', sequence }
  const event = { specversion: '1.0', type: `hashgate.${type}.v1`, subject: imageId, data, ...extra }
  return `${id && `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(event)}\n\n`
}

export const resyncText = 'event: resync\ndata: {"reason":"events_interrupted"}\n\n'
