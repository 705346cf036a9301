import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { s3ClientOptions } from '../../../core/aws/aws-client-options.ts'
import type { StoreSettings } from '../../local/create-stores.ts'

/** What the store does with a PUT that it should refuse. */
export type StoreFault = 'answers 200' | 'stores the object' | 'answers 500'

interface Answer {
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}

/** Starts a proxy in front of a store that hides refused PUTs behind a fault. */
export async function startFaultyStore(settings: StoreSettings, fault: StoreFault) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = settings
  const client = new S3Client({ ...s3ClientOptions(settings), credentials: { accessKeyId, secretAccessKey } })

  async function answerWrongly(path: string, body: Buffer): Promise<Answer> {
    const status = fault === 'answers 500' ? 500 : 200
    if (fault === 'stores the object') {
      const [, Bucket, ...segments] = decodeURIComponent(path.replace(/\?.*/, '')).split('/')
      const ContentType = 'image/jpeg'
      await client.send(new PutObjectCommand({ Bucket, Key: segments.join('/'), Body: body, ContentType }))
    }
    return { status, headers: {}, body: Buffer.alloc(0) }
  }

  async function respond(incoming: IncomingMessage): Promise<Answer> {
    const body = await buffer(incoming)
    const { method = 'GET', url: path = '/' } = incoming
    const answer = await askRealStore(settings.S3_ENDPOINT, incoming, body)
    const isUpload = method === 'PUT' && path.startsWith(`/${settings.RAW_BUCKET}/`)
    return isUpload && answer.status >= 400 ? answerWrongly(path, body) : answer
  }

  /** Requests in progress: the real store must not close before it has answered them. */
  const underWay = new Set<Promise<void>>()
  const server = createServer((incoming, response) => {
    const work = respond(incoming).then(
      ({ status, headers, body }) => void response.writeHead(status, headers).end(body),
      () => void response.destroy(),
    )
    underWay.add(work)
    void work.then(() => underWay.delete(work))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function close(): Promise<void> {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await Promise.all(underWay)
    client.destroy()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

/** Forwards the request with unchanged headers, because the client has signed them, including `host`. */
function askRealStore(endpoint: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { hostname, port } = new URL(endpoint)
  const { method, headers, url: path } = incoming
  return new Promise((resolve) => {
    const onward = request({ hostname, port, path, method, headers, agent: false }, async (answer) => {
      resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) })
    })
    onward.on('error', () => resolve({ status: 403, headers: {}, body: Buffer.alloc(0) }))
    onward.end(body)
  })
}
