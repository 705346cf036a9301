import { type Static, Type } from 'typebox'
import { tenantPattern } from '../core/object-key.ts'
import { connectionSettings, readConfig } from '../core/read-config.ts'

const schema = Type.Object({
  ...connectionSettings,
  HOST: Type.String({ default: '127.0.0.1' }),
  /** 0 picks a free one. */
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000 }),
  /** The one key that this gateway accepts, and the tenant that it stands for. */
  API_KEY: Type.String({ minLength: 16 }),
  API_KEY_TENANT: Type.String({ pattern: tenantPattern, default: 'local' }),
  MAX_UPLOAD_BYTES: Type.Integer({ minimum: 1, maximum: 5 * 1024 ** 3, default: 50 * 1024 ** 2 }),
  /** How long an upload URL and a variant URL work, at most. */
  PRESIGN_TTL_SECONDS: Type.Integer({ minimum: 30, maximum: 7 * 24 * 3600, default: 900 }),
  RATE_LIMIT_PER_MINUTE: Type.Integer({ minimum: 1, default: 6_000 }),
  /** Longest time that a request waits for Kafka's acknowledgement. */
  EVENT_BUDGET_MS: Type.Integer({ minimum: 100, maximum: 30_000, default: 2_000 }),
  /** When the processor's reconciler first looks after an image that is not finished. */
  RECONCILE_AFTER_SECONDS: Type.Integer({ minimum: 1, maximum: 86_400, default: 300 }),
})

export type GatewayConfig = Static<typeof schema>

/** @throws Error that names every setting at fault */
export const readGatewayConfig = (): GatewayConfig => readConfig(schema, process.env)
