import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface FaultResponse {
  status: number
  headers: Record<string, string>
  body: string
}

export type FaultProxy = Awaited<ReturnType<typeof startFaultProxy>>

/**
 * Starts an HTTP proxy in front of a server. It forwards requests with unchanged headers, as the client has signed them (`host`
 * included), and can be switched to return errors, to be slow, to stall or to close every connection.
 */
export async function startFaultProxy(target: string) {
  const agent = new Agent({ keepAlive: true })
  let faults: readonly FaultResponse[] = []
  let failed = 0
  let isStalled = (_path: string) => false
  let isCut = false
  let delayMs = 0
  const stalled = new Set<ServerResponse>()

  const server = createServer(async (incoming, response) => {
    const fault = faults[failed % faults.length]
    if (isCut) return void incoming.socket.destroy()
    if (isStalled(incoming.url ?? '')) {
      stalled.add(response)
      return void incoming.resume()
    }
    if (delayMs > 0) await sleep(delayMs)
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
    /** Closes all connections, also in the middle of a request, and refuses requests. */
    cut: () => {
      isCut = true
      server.closeAllConnections()
    },
    /** Forwards all following requests after this many milliseconds. */
    delay: (ms: number) => {
      delayMs = ms
    },
    /**
     * Forwards all following requests again, and closes the connections of stalled ones.
     * @returns the number of requests that got an error
     */
    recover: () => {
      faults = []
      isStalled = () => false
      isCut = false
      delayMs = 0
      for (const response of stalled) response.destroy()
      stalled.clear()
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
