import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { UploadRequest } from '../../packages/client/src/types.ts'

/** A gateway with a store, which keep what is uploaded in memory. A PUT can be held while its file is paused or removed. */
export async function startFakeGateway(t: Test) {
  const stored = new Map<string, string>()
  const refuse = new Set<string>()
  const batches: number[] = []
  const puts: string[] = []
  const held = new Set<string>()
  const changes = new EventEmitter()
  let aborted = 0
  let running = 0
  const state = { mostPutsAtOnce: 0 }

  const answer = ({ sha256: imageId }: UploadRequest) => {
    if (refuse.has(imageId)) return { problem: tooLarge }
    const common = { imageId, status: 'pending', expiresAt: '2030-01-01T00:00:00Z' }
    if (stored.has(imageId)) return { ...common, duplicate: true }
    const upload = { method: 'PUT', url: `${url}/store/${imageId}`, headers: {}, expiresInSeconds: 900 }
    return { ...common, duplicate: false, upload }
  }

  async function put(imageId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Array.fromAsync(request)).toString()
    puts.push(imageId)
    running += 1
    state.mostPutsAtOnce = Math.max(state.mostPutsAtOnce, running)
    changes.emit('change')
    const isClosed = new Promise<void>((resolve) => response.once('close', resolve))
    if (held.has(imageId)) {
      await isClosed
      aborted += 1
    } else {
      // Others can start meanwhile.
      await new Promise((resolve) => setImmediate(resolve))
      stored.set(imageId, body)
      response.end()
    }
    running -= 1
    changes.emit('change')
  }

  const server = createServer(async (request, response) => {
    const [, first, imageId = ''] = (request.url ?? '').split('/')
    if (first === 'store') return put(imageId, request, response)
    const text = Buffer.concat(await Array.fromAsync(request)).toString()
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/v1/uploads/batch') {
      const { uploads } = JSON.parse(text) as { uploads: UploadRequest[] }
      batches.push(uploads.length)
      return send(200, { results: uploads.map(answer) })
    }
    if (request.url === '/v1/uploads') {
      batches.push(1)
      const given = answer(JSON.parse(text))
      return 'problem' in given ? send(tooLarge.status, tooLarge) : send(201, given)
    }
    return send(202, {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(changes, 'change')
  }

  return {
    gateway: url,
    key: 'test-key',
    stored,
    /** Images that are too large. */
    refuse,
    /** Sizes of the calls that request URLs. */
    batches,
    puts,
    get mostPutsAtOnce() {
      return state.mostPutsAtOnce
    },
    /** Answers no PUT of this image until `releasePuts`. */
    holdPut: (imageId: string) => held.add(imageId),
    releasePuts: () => held.clear(),
    putStarted: (imageId: string) => until(() => puts.includes(imageId)),
    putsAborted: (count: number) => until(() => aborted >= count),
  }
}

const tooLarge = {
  type: 'about:blank',
  status: 413,
  code: 'IMAGE_TOO_LARGE',
  title: 'The image is larger than the gateway accepts.',
}
