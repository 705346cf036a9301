import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'

/** What a receiver does with a request. `hang`: it never answers. `reset`: it resets the connection. */
export type Reaction = 'accept' | 'fail' | 'hang' | 'reset'

export interface ReceiverOptions {
  /** @param tries how often this event has come, this time included */
  react?: (tries: number) => Reaction
  /** Milliseconds before it accepts. */
  delayMs?: () => number
}

/** The requests for one event. */
export interface Received {
  tries: number
  accepted: number
  /** Time from the event to the first accepted request. */
  latencyMs?: number
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>

const listenRetryMs = 250

/**
 * A webhook receiver on this machine. It verifies every request with the public package of Standard Webhooks, and that the
 * `webhook-id` is the id of the event in the body.
 */
export async function startReceiver({ react = () => 'accept', delayMs = () => 0 }: ReceiverOptions = {}) {
  const received = new Map<string, Received>()
  const faults: string[] = []
  let webhook: Webhook | undefined
  let server = await listen(0)
  const { port } = server.address() as AddressInfo

  async function listen(at: number) {
    const created = createServer((request, response) => {
      receive(request, response).catch((error) => faults.push(String(error)))
    })
    created.listen(at, '127.0.0.1')
    await once(created, 'listening')
    return created
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A killed sender may abort the request.
    const body = await text(request).catch(() => undefined)
    if (body === undefined) return
    const { id, time } = verify(body, request.headers as Record<string, string>)
    const entry = received.get(id) ?? { tries: 0, accepted: 0 }
    received.set(id, entry)
    entry.tries += 1
    const reaction = react(entry.tries)
    if (reaction === 'hang') return
    if (reaction === 'reset') return void request.socket.resetAndDestroy()
    if (reaction === 'fail') return void response.writeHead(500).end()
    entry.latencyMs ??= Date.now() - Date.parse(time)
    entry.accepted += 1
    await sleep(delayMs())
    response.writeHead(204).end()
  }

  /** @throws Error for a wrong signature */
  function verify(body: string, headers: Record<string, string>): { id: string; time: string } {
    const event = webhook?.verify(body, headers) as { id: string; time: string }
    if (headers['webhook-id'] !== event.id)
      throw new Error(`webhook-id ${headers['webhook-id']} with the event ${event.id}`)
    return event
  }

  function stop(): Promise<unknown> {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    return closed
  }

  /** Refuses connections for this time. */
  async function leave(ms: number): Promise<void> {
    await stop()
    await sleep(ms)
    for (;;) {
      const back = await listen(port).catch(() => undefined)
      if (back) {
        server = back
        return
      }
      await sleep(listenRetryMs)
    }
  }

  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    faults,
    expectSecret: (secret: string) => {
      webhook = new Webhook(secret)
    },
    leave,
    stop,
  }
}
