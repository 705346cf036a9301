import type { ServerResponse } from 'node:http'
import type { EventDelivery } from './events/deliver-events.ts'
import type { EventSpool } from './events/event-spool.ts'
import type { S3Request } from './http/s3-request.ts'
import type { KeyLock } from './store/key-lock.ts'
import type { ObjectStore } from './store/object-store.ts'

/** The state that operations share. */
export interface S3Context {
  store: ObjectStore
  spool: EventSpool
  delivery: EventDelivery
  runAlone: KeyLock
  nextSequencer: () => string
  /** Buckets that send events for new objects. */
  notifyingBuckets: ReadonlySet<string>
  region: string
  maxObjectBytes: number
  now: () => number
}

/** A request whose signature was verified. */
export interface VerifiedRequest extends S3Request {
  /** The signed description of the body: a hash in hex, `UNSIGNED-PAYLOAD` or `STREAMING-…`. */
  payloadHash: string
  /** Sends the interim response to a client that waits for 100-continue. */
  acceptBody: () => void
}

export type Operation = (request: VerifiedRequest, response: ServerResponse, s3: S3Context) => Promise<void>
