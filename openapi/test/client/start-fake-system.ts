import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface Seen {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
}

/** The response to one request: status, headers and body; `hang up` closes the connection, `stay silent` never responds. */
export type Answer =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | 'hang up'
  | 'stay silent'
export type Script = Record<string, Answer[]>

/**
 * A gateway and a store that follow a script: `{ 'PUT /store': [{ status: 503 }, { status: 200 }] }`. The last answer of a list
 * is repeated.
 */
export async function startFakeSystem(t: Test, script: (url: string) => Script) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    const body = Buffer.concat(await Array.fromAsync(request))
    seen.push({ method: request.method ?? '', path, headers: request.headers, body })
    reply(response, next(answers[`${request.method} ${path}`]))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const answers = script(gateway)
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const calls = () => seen.map(({ method, path }) => `${method} ${path}`)
  return { gateway, key: 'test-key', seen, calls }
}

function next(
  answers: Answer[] = [{ status: 404, body: { code: 'ROUTE_NOT_FOUND', title: 'No such route.' } }],
): Answer {
  return (answers.length > 1 ? answers.shift() : answers[0]) ?? 'hang up'
}

function reply(response: ServerResponse<IncomingMessage>, answer: Answer): void {
  if (answer === 'stay silent') return
  if (answer === 'hang up') return void response.destroy()
  const { status, body = '', headers = {} } = answer
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
}
