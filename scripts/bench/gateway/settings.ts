import { hash } from 'node:crypto'
import { scopes } from '../../../core/api-keys/api-key.ts'
import type { AppConfig } from '../../../gateway/app.ts'

/** What the measured servers and the load agree on. */
export const settings = {
  CORS_ORIGINS: '',
  TRUST_PROXY: '',
  /** Busy is what they are measured for. */
  MAX_EVENT_LOOP_DELAY_MS: 1_000_000,
  MAX_UPLOAD_BYTES: 50 * 1024 ** 2,
  MAX_WAIT_SECONDS: 25,
  /** Counted, never reached. */
  RATE_LIMIT_PER_MINUTE: 1_000_000_000,
} satisfies AppConfig

export const tenant = 'local'
export const key = {
  text: `hg_${'0'.repeat(12)}_${'0'.repeat(48)}`,
  record: {
    keyId: '0'.repeat(12),
    secretHash: hash('sha256', '0'.repeat(48)),
    tenant,
    scopes: [...scopes],
    requestsPerMinute: settings.RATE_LIMIT_PER_MINUTE,
    createdAt: '2026-11-22T00:00:00.000Z',
    firstUsedAt: '2026-11-22T00:00:00.000Z',
  },
}
export const presignTtlSeconds = 900
export const rawBucket = 'hashgate-raw'
export const processedBucket = 'hashgate-processed'
export const table = 'hashgate-images'
export const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-a-secret' }
