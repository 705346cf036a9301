import type { AppConfig } from '../../../gateway/app.ts'

/** What the measured servers and the load agree on. */
export const settings = {
  API_KEY: 'hg_bench_0123456789abcdef0123456789abcdef',
  API_KEY_TENANT: 'local',
  MAX_UPLOAD_BYTES: 50 * 1024 ** 2,
  /** Counted, never reached. */
  RATE_LIMIT_PER_MINUTE: 1_000_000_000,
} satisfies AppConfig

export const presignTtlSeconds = 900
export const rawBucket = 'hashgate-raw'
export const processedBucket = 'hashgate-processed'
export const table = 'hashgate-images'
export const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-a-secret' }
