import { hash } from 'node:crypto'
import { scopes } from '../../../core/api-keys/api-key.ts'

/** High enough to be counted but never reached. */
const requestsPerMinute = 1_000_000_000

export const tenant = 'local'
export const key = {
  text: `hg_${'0'.repeat(12)}_${'0'.repeat(48)}`,
  record: {
    keyId: '0'.repeat(12),
    secretHash: hash('sha256', '0'.repeat(48)),
    tenant,
    scopes: [...scopes],
    requestsPerMinute,
    createdAt: '2026-11-22T00:00:00.000Z',
    firstUsedAt: '2026-11-22T00:00:00.000Z',
  },
}
export const presignTtlSeconds = 900
export const rawBucket = 'hashgate-raw'
export const processedBucket = 'hashgate-processed'
export const table = 'hashgate-images'
export const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-a-secret' }

/** The gateway's settings; the other ones have their defaults. */
export const environment = {
  AWS_REGION: 'us-east-1',
  RAW_BUCKET: rawBucket,
  PROCESSED_BUCKET: processedBucket,
  CATALOG_TABLE: table,
  KEYS_TABLE: 'hashgate-keys',
  KAFKA_BROKERS: '127.0.0.1:9092',
  PRESIGN_TTL_SECONDS: String(presignTtlSeconds),
  RATE_LIMIT_PER_MINUTE: String(requestsPerMinute),
  // The measured servers are busy on purpose.
  MAX_EVENT_LOOP_DELAY_MS: '1000000',
}
