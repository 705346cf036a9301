import { scopes } from '../../../core/api-keys/api-key.ts'
import { newRecord } from '../../../core/images/image-record.ts'
import { createLogger, type Logger } from '../../../core/telemetry/logger.ts'
import type { GatewayDependencies } from '../../../gateway/http/dependencies.ts'
import type { GatewayMetrics } from '../../../gateway/observe/create-metrics.ts'
import type { PresignedUpload } from '../../../gateway/uploads/presign-upload.ts'
import { key, tenant } from './settings.ts'

interface Piece {
  title: string
  /** A replacement for the piece that costs almost nothing. */
  instead: { dependencies?: Partial<GatewayDependencies>; logger?: Logger }
}

const principal = { id: 'key:none', tenant, scopes, requestsPerMinute: key.record.requestsPerMinute }
/** As long as a real URL, because its JSON costs CPU too. */
const upload: PresignedUpload = {
  method: 'PUT',
  url: `https://hashgate-raw.s3.us-east-1.amazonaws.com/${'x'.repeat(600)}`,
  headers: {
    'content-length': '348712',
    'content-type': 'image/jpeg',
    'if-none-match': '*',
    'x-amz-checksum-sha256': '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  },
  expiresAt: '2026-11-29T00:00:00.000Z',
  expiresInSeconds: 900,
}
const usage = { current: 1, ttl: 60_000 }

/** Metrics whose methods do nothing. */
const anyMetric = new Proxy({}, { get: () => () => {} })
const noMetrics = new Proxy({}, { get: () => anyMetric }) as GatewayMetrics

/** The pieces of an upload request that `npm run bench -- gateway-breakdown` removes one by one. */
export const pieces = {
  catalog: {
    title: 'DynamoDB PutItem, up to the network',
    instead: {
      dependencies: {
        catalog: {
          register: async (request) => ({
            created: true,
            record: newRecord(request, Date.now(), 604_800),
          }),
          outbox: { listPending: async function* () {} },
        } as Partial<GatewayDependencies['catalog']> as GatewayDependencies['catalog'],
      },
    },
  },
  presign: {
    title: 'presigning the URL',
    instead: { dependencies: { presignUpload: async () => upload } },
  },
  events: {
    title: 'the Kafka event, up to the network',
    instead: { dependencies: { events: { publish: async () => {}, ping: async () => {} } } },
  },
  identify: {
    title: 'checking the API key',
    instead: { dependencies: { identify: async () => principal } },
  },
  'rate-limit': {
    title: 'counting for the rate limits',
    instead: {
      dependencies: {
        rateLimitCounters: {
          countAddress: (_key, done) => done(null, usage),
          reserve: (_key, done) => done(null, { ...usage, isReserved: true }),
        },
      },
    },
  },
  metrics: { title: 'metrics', instead: { dependencies: { metrics: noMetrics } } },
  log: { title: 'the log line', instead: { logger: createLogger('gateway', 'silent') } },
} satisfies Record<string, Piece>

export type PieceName = keyof typeof pieces
