import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FaultResponse {
  status: number
  headers: Record<string, string>
  body: string
}

/**
 * Starts an HTTP proxy in front of a store. It forwards requests with unchanged headers, as the client has signed them (`host`
 * included), and can be switched to return errors or to stall.
 */
export async function startFaultProxy(target: string) {
  const agent = new Agent({ keepAlive: true })
  let faults: readonly FaultResponse[] = []
  let failed = 0
  let isStalled = (_path: string) => false

  const server = createServer((incoming, response) => {
    const fault = faults[failed % faults.length]
    if (isStalled(incoming.url ?? '')) return void incoming.resume()
    if (!fault) return forward(incoming, response, target, agent)
    failed += 1
    incoming.resume()
    response.writeHead(fault.status, fault.headers).end(fault.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function close(): Promise<void> {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    agent.destroy()
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Returns these responses, in turn, to all following requests. */
    fail: (responses: readonly FaultResponse[]) => {
      faults = responses
    },
    /** Leaves all following requests for these paths without a response. */
    stall: (paths: (path: string) => boolean) => {
      isStalled = paths
    },
    /** Forwards all following requests again. @returns the number of requests that got an error */
    recover: () => {
      faults = []
      return failed
    },
    close,
  }
}

function forward(incoming: IncomingMessage, response: ServerResponse, target: string, agent: Agent): void {
  const { hostname, port } = new URL(target)
  const { method, headers, url: path } = incoming
  const forwarded = request({ hostname, port, path, method, headers, agent }, (upstream) => {
    response.writeHead(upstream.statusCode ?? 502, upstream.headers)
    upstream.pipe(response)
  })
  forwarded.on('error', () => response.destroy())
  incoming.on('error', () => forwarded.destroy())
  incoming.pipe(forwarded)
}
