import { type Static, Type } from 'typebox'
import { connectionSettings } from '../core/config/connection-settings.ts'
import { heicSetting } from '../core/config/heic-setting.ts'
import { findNetworkErrors } from '../core/config/is-network.ts'
import { isOrigin } from '../core/config/is-origin.ts'
import { findKafkaConflicts } from '../core/config/kafka-settings.ts'
import { readConfig } from '../core/config/read-config.ts'
import { webhookSettings } from '../core/config/webhook-settings.ts'
import { tokenSettings } from './auth/token-settings.ts'
import { cdnSettings, findCdnConflicts } from './uploads/cdn-settings.ts'

/** Every setting of the gateway; `npm run config-docs` renders them to docs/CONFIGURATION.md. */
export const gatewaySettings = Type.Object({
  ...connectionSettings,
  ...webhookSettings,
  HOST: Type.String({ default: '127.0.0.1', description: 'Address on which the API listens.' }),
  PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 3000,
    description: 'Port of the API. 0 picks a free port.',
  }),
  ADMIN_HOST: Type.String({
    default: '127.0.0.1',
    description: 'Address on which metrics are served. They need no key, so keep it inside the network.',
  }),
  ADMIN_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 9464,
    description: 'Port of the metrics. 0 picks a free port.',
  }),
  AUTH: Type.String({
    pattern: '^(none|keys|jwt|keys,jwt|jwt,keys)$',
    mustBe: 'keys, jwt, keys,jwt or none',
    default: 'keys',
    description:
      'How callers authenticate: `keys` (API keys), `jwt` (tokens of an OpenID Connect issuer), `keys,jwt` (either) or `none` (experiments only).',
  }),
  KEYS_TABLE: Type.String({
    default: '',
    description: 'DynamoDB table of the API keys. Needed for `AUTH=keys` and by `npm run keys`.',
  }),
  ...tokenSettings.properties,
  READ_TOKEN_SECRET: Type.String({
    pattern: '^(\\S{32,})?$',
    mustBe: 'at least 32 characters without spaces, or empty',
    default: '',
    description:
      'Secret of at least 32 characters, the same for all gateways, that signs the read tokens in upload responses. Empty: no read tokens.',
  }),
  MAX_UPLOAD_BYTES: Type.Integer({
    minimum: 1,
    maximum: 5 * 1024 ** 3,
    default: 50 * 1024 ** 2,
    description: 'Largest upload in bytes for which a URL is issued.',
  }),
  ...heicSetting,
  PRESIGN_TTL_SECONDS: Type.Integer({
    minimum: 30,
    maximum: 7 * 24 * 3600,
    default: 900,
    description: 'Longest validity of upload URLs in seconds. Credentials that expire earlier shorten it.',
  }),
  VARIANT_URL_TTL_SECONDS: Type.Integer({
    minimum: 60,
    maximum: 7 * 24 * 3600,
    default: 3_600,
    description:
      'Longest validity of variant URLs in seconds. A variant keeps its URL for a quarter of it, so that browsers can cache it. Credentials and images that expire earlier shorten it.',
  }),
  ...cdnSettings.properties,
  RATE_LIMIT_PER_MINUTE: Type.Integer({
    minimum: 1,
    default: 6_000,
    description: 'Requests per minute of one client address. Keys and tokens have separate limits.',
  }),
  REDIS_URL: Type.String({
    pattern: '^(rediss?://\\S+)?$',
    mustBe: 'a URL that begins with redis:// or rediss://, or empty',
    default: '',
    description:
      'Redis (`redis://` or `rediss://`) in which all gateways share their rate-limit counters. Empty: each gateway counts alone.',
  }),
  GATEWAY_WORKERS: Type.String({
    pattern: '^(auto|[1-9]\\d?)$',
    mustBe: 'auto or a number from 1 to 99',
    default: '1',
    description:
      'Number of processes that serve requests, or `auto` for one per core. With more than 1, a primary process starts, replaces and restarts them. Without `REDIS_URL` each of them enforces its share of every rate limit.',
  }),
  WEB: Type.Enum(['on', 'off'], {
    default: 'on',
    description:
      '`on`: `/` is a page on which people upload photos. `off`: `/` returns an index of the API to every client.',
  }),
  CORS_ORIGINS: Type.String({
    pattern: '^(\\*|(loopback|https?://[^\\s,/]+)(,(loopback|https?://[^\\s,/]+))*)?$',
    mustBe:
      'origins such as https://app.example.com, separated by commas without spaces and without a slash at the end, or loopback, or *, or empty',
    default: '',
    description:
      'Origins of web pages that may call the API, separated by commas, or `*`. `loopback` stands for pages of localhost, 127.0.0.1 and [::1] on any port. Empty: no cross-origin calls.',
  }),
  TRUST_PROXY: Type.String({
    default: '',
    description:
      'Addresses or networks (CIDR) of the proxies whose `X-Forwarded-For` is trusted, separated by commas, such as `10.0.0.0/16`.',
  }),
  MAX_EVENT_LOOP_DELAY_MS: Type.Integer({
    minimum: 1,
    default: 500,
    description:
      'Mean event-loop delay over one second, in milliseconds, above which requests are refused with `OVERLOADED`.',
  }),
  EVENT_BUDGET_MS: Type.Integer({
    minimum: 100,
    maximum: 30_000,
    default: 2_000,
    description:
      'Milliseconds that a request waits for Kafka to acknowledge its event. After that the event stays in the outbox.',
  }),
  MAX_WAIT_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 25,
    default: 25,
    description:
      'Upper bound in seconds for the `wait` parameter of `getImage`. Keep it below the timeouts of your proxies.',
  }),
  RECONCILE_AFTER_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 86_400,
    default: 300,
    description: 'Seconds after an upload request when the reconciler first checks an unfinished image.',
  }),
})

export type GatewayConfig = Static<typeof gatewaySettings>

/** @throws ConfigError that names every invalid setting */
export function readGatewayConfig(environment: NodeJS.ProcessEnv = process.env): GatewayConfig {
  return readConfig(gatewaySettings, environment, (config) => [
    ...findKafkaConflicts(config),
    ...findAuthErrors(config),
    ...findCdnConflicts(config),
    ...findOriginErrors(config.CORS_ORIGINS),
    ...findNetworkErrors('TRUST_PROXY', config.TRUST_PROXY),
    ...findNetworkErrors('WEBHOOK_ALLOW_NETWORKS', config.WEBHOOK_ALLOW_NETWORKS),
  ])
}

/** The settings that each authentication method requires. */
function findAuthErrors(config: Partial<GatewayConfig>): string[] {
  const ways = config.AUTH?.split(',') ?? []
  const needed: [string, (keyof GatewayConfig)[]][] = [
    ['keys', ['KEYS_TABLE']],
    ['jwt', ['JWT_ISSUER', 'JWT_AUDIENCE']],
  ]
  const missing = needed
    .filter(([way]) => ways.includes(way))
    .flatMap(([way, names]) =>
      names
        .filter((name) => config[name] === '')
        .map((name) => `${name} is not set. AUTH=${way} requires it.`),
    )
  const isOpen = config.AUTH === 'none' && config.NODE_ENV === 'production'
  return isOpen ? ['AUTH=none is not allowed with NODE_ENV=production.', ...missing] : missing
}

/** Browsers send a page's origin in one form only, so an entry in any other form would never match. */
function findOriginErrors(setting = ''): string[] {
  return setting
    .split(',')
    .filter((entry) => entry && !['*', 'loopback'].includes(entry) && !isOrigin(entry))
    .map(
      (entry) =>
        `CORS_ORIGINS: ${entry} is not an origin as browsers send it: in lower case, without wildcards, credentials or a default port, such as https://app.example.com.`,
    )
}
