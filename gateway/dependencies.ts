import type { Registry } from 'prom-client'
import type { Bucket } from '../core/bucket.ts'
import type { Catalog } from '../core/catalog.ts'
import type { EventBus } from '../core/event-bus.ts'
import type { Outbox } from '../core/outbox.ts'
import type { PresignDownload } from './presign-download.ts'
import type { PresignUpload } from './presign-upload.ts'

/** All that the routes talk to. `server.ts` makes the real ones. */
export interface GatewayDependencies {
  catalog: Pick<Catalog, 'find' | 'register' | 'ping'> & Outbox
  rawBucket: Pick<Bucket, 'head' | 'ping'>
  events: Pick<EventBus, 'publish' | 'ping'>
  presignUpload: PresignUpload
  presignDownload: PresignDownload
  metrics: Registry
  /** Epoch milliseconds. */
  now: () => number
}
