import { isIP } from 'node:net'
import { type Static, Type } from 'typebox'
import { ConfigError } from '../core/config/config-error.ts'
import { connectionSettings, readConfig } from '../core/config/read-config.ts'
import { tokenSettings } from './auth/token-settings.ts'

const schema = Type.Object({
  ...connectionSettings,
  NODE_ENV: Type.String({ default: '' }),
  HOST: Type.String({ default: '127.0.0.1' }),
  /** 0 picks a free one. */
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000 }),
  /** Where metrics are read: inside the network, without a key. */
  ADMIN_HOST: Type.String({ default: '127.0.0.1' }),
  ADMIN_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 9464 }),
  /** How callers prove who they are. `none` is for experiments. */
  AUTH: Type.String({ pattern: '^(none|keys|jwt|keys,jwt|jwt,keys)$', default: 'keys' }),
  KEYS_TABLE: Type.String({ default: '' }),
  ...tokenSettings.properties,
  MAX_UPLOAD_BYTES: Type.Integer({ minimum: 1, maximum: 5 * 1024 ** 3, default: 50 * 1024 ** 2 }),
  /** How long an upload URL and a variant URL work, at most. */
  PRESIGN_TTL_SECONDS: Type.Integer({ minimum: 30, maximum: 7 * 24 * 3600, default: 900 }),
  /** Of one address; keys have rates of their own. */
  RATE_LIMIT_PER_MINUTE: Type.Integer({ minimum: 1, default: 6_000 }),
  /** Where all gateways count together. Empty: each counts alone. */
  REDIS_URL: Type.String({ pattern: '^(rediss?://\\S+)?$', default: '' }),
  /** Origins of the pages that may call, separated by commas, or `*`. */
  CORS_ORIGINS: Type.String({ pattern: '^(\\*|https?://[^\\s,/]+(,https?://[^\\s,/]+)*)?$', default: '' }),
  /** Networks of the proxies whose `X-Forwarded-For` is believed, separated by commas. */
  TRUST_PROXY: Type.String({ pattern: '^[0-9a-fA-F.:/]*(,[0-9a-fA-F.:/]+)*$', default: '' }),
  /** From which mean lag on, over a second, requests are refused. */
  MAX_EVENT_LOOP_DELAY_MS: Type.Integer({ minimum: 1, default: 500 }),
  /** Longest time that a request waits for Kafka's acknowledgement. */
  EVENT_BUDGET_MS: Type.Integer({ minimum: 100, maximum: 30_000, default: 2_000 }),
  /** Longest time that an answer is held, whatever `wait` asks for: below the timeouts of all proxies on the way. */
  MAX_WAIT_SECONDS: Type.Integer({ minimum: 0, maximum: 25, default: 25 }),
  /** When the processor's reconciler first looks after an image that is not finished. */
  RECONCILE_AFTER_SECONDS: Type.Integer({ minimum: 1, maximum: 86_400, default: 300 }),
})

export type GatewayConfig = Static<typeof schema>

/** @throws ConfigError that names every setting at fault */
export function readGatewayConfig(environment: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const config = readConfig(schema, environment)
  const faults = [...findAuthFaults(config), ...findProxyFaults(config)]
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return config
}

function findProxyFaults({ TRUST_PROXY }: GatewayConfig): string[] {
  const entries = TRUST_PROXY.split(',').filter(Boolean)
  return entries
    .filter((entry) => !isNetwork(entry))
    .map((entry) => `TRUST_PROXY: ${entry} is no address and no network such as 10.0.0.0/16.`)
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
  const isPrefix =
    prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) > 0 && Number(prefix) <= bits)
  return bits > 0 && isPrefix && more.length === 0
}

/** What each way of `AUTH` needs. */
function findAuthFaults(config: GatewayConfig): string[] {
  const ways = config.AUTH.split(',')
  const needed: [string, (keyof GatewayConfig)[]][] = [
    ['keys', ['KEYS_TABLE']],
    ['jwt', ['JWT_ISSUER', 'JWT_AUDIENCE']],
  ]
  const missing = needed
    .filter(([way]) => ways.includes(way))
    .flatMap(([way, names]) =>
      names.filter((name) => !config[name]).map((name) => `${name} is not set: AUTH=${way} needs it.`),
    )
  const isOpen = config.AUTH === 'none' && config.NODE_ENV === 'production'
  return isOpen ? ['AUTH is none, which NODE_ENV=production does not allow.', ...missing] : missing
}
