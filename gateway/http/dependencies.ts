import type { FastifyPluginCallback } from 'fastify'
import type { KeyTable } from '../../core/api-keys/key-table.ts'
import type { Bucket } from '../../core/aws/bucket.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { EventBus } from '../../core/events/event-bus.ts'
import type { WatchedDependency } from '../../core/telemetry/watch-dependencies.ts'
import type { WebhookStore } from '../../core/webhooks/webhook-store.ts'
import type { Audit } from '../auth/audit.ts'
import type { Identify } from '../auth/identify.ts'
import type { ReadTokens } from '../auth/read-token.ts'
import type { LiveEventsOptions } from '../live-events/live-events.ts'
import type { GatewayMetrics } from '../observe/create-metrics.ts'
import type { RateLimitCounters } from '../rate-limit/rate-limit-counters.ts'
import type { PresignDownload } from '../uploads/presign-download.ts'
import type { PresignUpload } from '../uploads/presign-upload.ts'

/** The dependencies of the routes. `compose-gateway.ts` creates the real ones. */
export interface GatewayDependencies {
  catalog: Pick<Catalog, 'find' | 'findMany' | 'register' | 'countDuplicate' | 'listDay' | 'outbox' | 'ping'>
  rawBucket: Pick<Bucket, 'head' | 'ping'>
  events: Pick<EventBus, 'publish' | 'ping'>
  /** The source of events for the streams, and options that tests set. */
  liveEvents: Pick<LiveEventsOptions, 'followEvents' | 'limits' | 'everySecond' | 'random'>
  presignUpload: PresignUpload
  presignDownload: PresignDownload
  /** The origin that the web page uploads to, and the one that it loads variants from. */
  storeOrigins: readonly string[]
  identify: Identify
  /** Absent when the gateway issues no read tokens. */
  readTokens?: ReadTokens
  /** The API keys; absent when callers do not authenticate with keys. */
  keys?: Pick<KeyTable, 'ping'>
  /** Absent when webhooks are off. */
  webhooks?: WebhookStore
  /** Dependencies that requests can do without. They are checked and logged once, at start-up, and `GET /readyz` omits them. */
  optional?: Partial<Record<'issuer' | 'redis' | 'webhooks', WatchedDependency>>
  audit: Audit
  /** Where requests are counted; in this process by default. */
  rateLimitCounters?: RateLimitCounters
  metrics: GatewayMetrics
  /** Creates a span for every request; absent when tracing is off. */
  traceRequests?: FastifyPluginCallback
  /** Epoch milliseconds. */
  now: () => number
  /** Monotonic milliseconds; `performance.now` by default. */
  uptime?: () => number
}
