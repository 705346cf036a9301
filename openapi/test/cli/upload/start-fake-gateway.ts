import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { Image, UploadRequest } from '../../../packages/client/src/types.ts'

type Verdict = 'ready' | 'rejected' | 'never'

interface Behaviour {
  /** The final status of an image; ready by default. 'never' leaves it processing. */
  verdict?: (upload: UploadRequest) => Verdict | Promise<Verdict>
  /** Answers instead of the gateway and the store, when it returns a status. */
  refuse?: (call: string, key: string) => number | undefined
}

const describeProblem = (status: number) => ({
  type: 'about:blank',
  title: 'Refused.',
  status,
  code: status === 403 ? 'SCOPE_MISSING' : 'REFUSED',
})

/** A gateway and its store, which record the requests and the stored bytes. */
export async function startFakeGateway(t: Test, { verdict = () => 'ready', refuse }: Behaviour = {}) {
  const calls: string[] = []
  const keys: string[] = []
  const batches: UploadRequest[][] = []
  const wanted = new Map<string, UploadRequest>()
  const stored = new Map<string, Buffer>()

  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    const call = `${request.method} ${path}`
    calls.push(call)
    const key = request.headers.authorization?.replace('Bearer ', '') ?? ''
    if (key) keys.push(key)
    const body = await readBody(request)
    const status = refuse?.(call, key)
    response.setHeader('content-type', 'application/json')
    if (status) return response.writeHead(status).end(JSON.stringify(describeProblem(status)))
    const answer = await answerTo(request.method, path, body)
    if (answer !== 'never') response.end(JSON.stringify(answer))
  })

  async function answerTo(method: string | undefined, path: string, body: Buffer): Promise<unknown> {
    const id = path.split('/').find((part) => part.length === 64) ?? ''
    if (path === '/v1/uploads/batch') return { results: takeBatch(JSON.parse(String(body)).uploads) }
    if (path === '/v1/uploads') return takeBatch([JSON.parse(String(body))])[0]
    if (method === 'GET') return describe(id)
    if (method === 'PUT') stored.set(id, body)
    return { imageId: id, status: 'pending' }
  }

  function takeBatch(uploads: UploadRequest[]) {
    batches.push(uploads)
    return uploads.map((upload) => {
      const imageId = upload.sha256
      wanted.set(imageId, upload)
      if (stored.has(imageId)) return { imageId, status: 'ready', duplicate: true }
      const headers = { 'content-length': String(upload.byteLength), 'content-type': upload.contentType }
      return {
        imageId,
        status: 'pending',
        duplicate: false,
        readToken: `read-${imageId}`,
        upload: { method: 'PUT', url: `${url}/store/${imageId}`, headers },
      }
    })
  }

  async function describe(imageId: string): Promise<Partial<Image> | 'never'> {
    const upload = wanted.get(imageId) as UploadRequest
    const status = await verdict(upload)
    if (status === 'never') return 'never'
    if (status === 'ready') return { imageId, status, variants: [{ name: 'thumb' }] as Image['variants'] }
    return { imageId, status, rejection: { reason: 'image_corrupt', detail: 'It is damaged.' } }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let isGone = false
  server.on('connection', (socket) => {
    if (isGone) socket.destroy()
  })
  /** Breaks every connection from now on. The port stays in use, so that no other test can listen on it. */
  function vanish(): void {
    isGone = true
    server.closeAllConnections()
  }
  t.teardown(() => {
    vanish()
    server.close()
  })
  return { gateway: url, key: 'test-key', calls, keys, batches, stored, vanish }
}

export const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')

async function readBody(request: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(request))
}
