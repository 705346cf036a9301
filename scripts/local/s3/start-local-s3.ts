// A stand-in for Amazon S3, for development and tests only. It is strict where the product relies on S3 (signatures,
// checksums, lengths, If-None-Match, events) and answers 501 NotImplemented to the rest: no multipart uploads,
// versions, policies, access lists, encryption, lifecycle or replication; one access key; no TLS; no fsync, so a power cut can lose data.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deliverEvents } from './events/deliver-events.ts'
import { createEventSpool } from './events/event-spool.ts'
import { createSequencer, type ObjectCreatedEvent } from './events/object-created-event.ts'
import { createRequestHandler } from './handle-request.ts'
import { refuseBrokenRequest } from './http/refuse-broken-request.ts'
import { createSignatureVerifier } from './signature/verify-signature.ts'
import { createKeyLock } from './store/key-lock.ts'
import { createObjectStore, type ObjectStore } from './store/object-store.ts'

export interface LocalS3Options {
  /** Directory for all data; created if absent. Only one server at a time may use it. */
  directory: string
  accessKeyId: string
  secretAccessKey: string
  region?: string
  /** 0 picks a free one. */
  port?: number
  /** Milliseconds since the epoch. */
  now?: () => number
  /** Buckets that send events, and the webhook for them; without a URL, events wait. */
  notify?: { buckets: readonly string[]; url?: string }
  /** Larger uploads are refused with `EntityTooLarge`. */
  maxObjectBytes?: number
}

export interface LocalS3 {
  /** `http://127.0.0.1:‹port›`, for path-style addressing. */
  url: string
  port: number
  /** Delivers events to this URL from now on, including waiting ones. */
  notifyTo(url: string): void
  /** Stops within about a second, even with open connections; undelivered events stay in the spool. */
  close(): Promise<void>
}

const maxPutBytes = 5 * 1024 ** 3
const closeGraceMs = 500

/**
 * Starts the local S3 on 127.0.0.1. Events are delivered at least once: an undelivered one survives a restart.
 * Rejects with Node's `EADDRINUSE` error when the port is taken.
 */
export async function startLocalS3(options: LocalS3Options): Promise<LocalS3> {
  const server = createServer({
    highWaterMark: 512 * 1024,
    headersTimeout: 10_000,
    requestTimeout: 300_000,
    keepAliveTimeout: 65_000,
  })
  // Listen first: a server without the port must not touch the files of the server that uses it.
  const opened = listen(server, options.port ?? 0).then(() => openS3(options))
  const closeServer = serve(server, opened)
  try {
    const { delivery } = await opened
    const { port } = server.address() as AddressInfo
    const close = async () => void (await Promise.all([closeServer(), delivery.stop()]))
    return { url: `http://127.0.0.1:${port}`, port, notifyTo: delivery.sendTo, close }
  } catch (error) {
    server.close()
    throw error
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}

async function openS3(options: LocalS3Options) {
  const { directory, region = 'us-east-1', now = Date.now, notify, maxObjectBytes = maxPutBytes } = options
  const store = await createObjectStore(directory)
  const spool = await createEventSpool(directory)
  const undelivered = await spool.recover((event) => isVisible(store, event))
  const delivery = deliverEvents(spool, undelivered, notify?.url)
  const context = {
    store,
    spool,
    delivery,
    runAlone: createKeyLock(),
    nextSequencer: createSequencer(now),
    notifyingBuckets: new Set(notify?.buckets),
    region,
    maxObjectBytes,
    now,
  }
  const verifySignature = createSignatureVerifier({ ...options, region, now })
  return { delivery, handleRequest: createRequestHandler(context, verifySignature) }
}

/**
 * Requests that arrive while the files are still being opened wait for them.
 * @returns a function that stops the server and waits until no request is being handled any more
 */
function serve(server: Server, opened: ReturnType<typeof openS3>): () => Promise<void> {
  const running = new Set<Promise<void>>()
  function track(message: IncomingMessage, response: ServerResponse): void {
    const handled = opened
      .then(({ handleRequest }) => handleRequest(message, response))
      .catch(() => void response.destroy())
      .finally(() => running.delete(handled))
    running.add(handled)
  }
  server.on('request', track)
  server.on('checkContinue', track)
  server.on('clientError', refuseBrokenRequest)

  async function closeServer(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve))
    const grace = setTimeout(() => server.closeAllConnections(), closeGraceMs)
    await closed
    clearTimeout(grace)
    await Promise.allSettled(running)
  }
  let closing: Promise<void> | undefined
  return () => {
    closing ??= closeServer()
    return closing
  }
}

/** Whether a write interrupted by a crash reached the bucket. */
async function isVisible(store: ObjectStore, event: ObjectCreatedEvent): Promise<boolean> {
  const { bucket, object } = event.Records[0]?.s3 ?? {}
  if (!bucket || !object) return false
  const head = await store.findHead(bucket.name, decodeURIComponent(object.key.replaceAll('+', ' ')))
  return head?.etag === object.eTag
}
