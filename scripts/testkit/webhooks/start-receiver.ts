import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ReceivedWebhook {
  path: string
  id: string
  body: string
  headers: IncomingMessage['headers']
  /** Number of earlier requests with this path and id. */
  earlier: number
}

type Answer = (response: ServerResponse, webhook: ReceivedWebhook) => unknown

/** Answers of receivers, by name. */
export const answers = {
  fine: (response) => response.writeHead(204).end(),
  /** Fails the first try of each event. */
  failing: (response, { earlier }) => response.writeHead(earlier === 0 ? 500 : 200).end('sorry'),
  resetting: (response, { earlier }) => (earlier === 0 ? response.destroy() : response.writeHead(200).end()),
  hanging: (response, { earlier }) => earlier > 0 && response.writeHead(200).end(),
  gone: (response) => response.writeHead(410).end(),
} satisfies Record<string, Answer>

/** Starts a local server that receives webhooks at `/‹name of an answer›`. */
export async function startReceiver(t: { teardown(close: () => unknown): unknown }) {
  const received: ReceivedWebhook[] = []
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    const id = String(request.headers['webhook-id'])
    const earlier = received.filter((webhook) => webhook.path === path && webhook.id === id).length
    const webhook = { path, id, earlier, headers: request.headers, body: await text(request) }
    received.push(webhook)
    const answer: Answer = answers[path.slice(1) as keyof typeof answers] ?? answers.fine
    answer(response, webhook)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, received }
}
