import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FaultAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/**
 * An HTTP proxy in front of a store that passes everything on, headers as they are (the client has signed them, `host` too),
 * until it is told to answer by itself.
 */
export async function startFaultProxy(target: string) {
  const agent = new Agent({ keepAlive: true })
  let faults: readonly FaultAnswer[] = []
  let failed = 0
  let isStalled = (_path: string) => false

  const server = createServer((incoming, response) => {
    const fault = faults[failed % faults.length]
    if (isStalled(incoming.url ?? '')) return void incoming.resume()
    if (!fault) return passOn(incoming, response, target, agent)
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
    /** From now on every request gets one of these answers, in turn. */
    fail: (answers: readonly FaultAnswer[]) => {
      faults = answers
    },
    /** From now on requests for these paths wait for an answer in vain. */
    stall: (paths: (path: string) => boolean) => {
      isStalled = paths
    },
    /** From now on everything is passed on again. @returns requests that had a fault for an answer */
    mend: () => {
      faults = []
      return failed
    },
    close,
  }
}

function passOn(incoming: IncomingMessage, response: ServerResponse, target: string, agent: Agent): void {
  const { hostname, port } = new URL(target)
  const { method, headers, url: path } = incoming
  const onward = request({ hostname, port, path, method, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  incoming.on('error', () => onward.destroy())
  incoming.pipe(onward)
}
