import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { UploadRequest } from '../../packages/client/src/types.ts'

interface Options {
  /** The gateway's refusal of an upload, or undefined to accept it. */
  refuse?: (request: UploadRequest) => { status: number; code: string } | undefined
  /** Hashes that were uploaded before. */
  known?: string[]
}

/** A gateway and a store that accept uploads of any images, and record the calls. */
export async function startUploadServer(t: Test, { refuse = () => undefined, known = [] }: Options = {}) {
  const calls: string[] = []
  const batchSizes: number[] = []
  const stored = new Map<string, Buffer>()

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://any')
    calls.push(`${request.method} ${pathname.replace(/[0-9a-f]{64}/, 'ID')}`)
    const body = Buffer.concat(await Array.fromAsync(request))
    const { status, answer } = reply(request, pathname, body)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })

  function reply(
    { method }: IncomingMessage,
    path: string,
    body: Buffer,
  ): { status: number; answer: object } {
    const imageId = /[0-9a-f]{64}/.exec(path)?.[0] ?? ''
    if (method === 'PUT') {
      stored.set(imageId, body)
      return { status: 200, answer: {} }
    }
    if (path.endsWith('/complete')) return { status: 202, answer: { imageId, status: 'pending' } }
    if (method === 'GET') return { status: 200, answer: { imageId, status: 'ready', variants: [] } }
    if (path === '/v1/uploads') return grant(JSON.parse(String(body)))
    const { uploads } = JSON.parse(String(body)) as { uploads: UploadRequest[] }
    batchSizes.push(uploads.length)
    const results = uploads
      .map(grant)
      .map(({ status, answer }) => (status < 400 ? answer : { problem: answer }))
    return { status: 200, answer: { results } }
  }

  function grant(request: UploadRequest): { status: number; answer: object } {
    const refusal = refuse(request)
    if (refusal)
      return { status: refusal.status, answer: { ...refusal, title: refusal.code, type: 'about:blank' } }
    const { sha256: imageId, byteLength } = request
    const isKnown = known.includes(imageId)
    const upload = {
      method: 'PUT',
      url: `${gateway}/store/${imageId}`,
      headers: { 'content-length': `${byteLength}` },
    }
    const answer = { imageId, status: 'pending', duplicate: isKnown, ...(isKnown ? {} : { upload }) }
    return { status: isKnown ? 200 : 201, answer }
  }

  const count = (call: string) => calls.filter((made) => made === call).length
  return { gateway, key: 'test-key', calls, count, batchSizes, stored }
}
