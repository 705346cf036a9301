import { S3Client } from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import type { ImageEvent } from '../../core/images/image-event.ts'
import type { ImageRecord } from '../../core/images/image-record.ts'
import { createLogger } from '../../core/telemetry/logger.ts'
import { createApp } from '../../gateway/app.ts'
import { createAudit } from '../../gateway/auth/audit.ts'
import { identifyByAny } from '../../gateway/auth/identify.ts'
import { createIdentifyByKey } from '../../gateway/auth/identify-by-key.ts'
import type { GatewayConfig } from '../../gateway/config.ts'
import type { GatewayDependencies } from '../../gateway/http/dependencies.ts'
import { createAdminApp } from '../../gateway/observe/create-admin-app.ts'
import { createMetrics } from '../../gateway/observe/create-metrics.ts'
import { createMetricsReader } from '../../gateway/observe/create-metrics-reader.ts'
import { createPresignDownload } from '../../gateway/uploads/presign-download.ts'
import { createPresignUpload } from '../../gateway/uploads/presign-upload.ts'
import { createCatalogDouble } from './create-catalog-double.ts'
import { createKeyTableDouble } from './key-table-double.ts'
import { createEventSource } from './streams/create-event-source.ts'

const keyTable = createKeyTableDouble()
export const testKey = keyTable.make().text
export const testNow = Date.UTC(2026, 10, 22, 10, 0, 0)
export const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'

export const testConfig: GatewayConfig = {
  AWS_REGION: 'us-east-1',
  S3_ENDPOINT: 'http://127.0.0.1:9000',
  CDN_URL: '',
  CDN_KEY_SECRET_ID: '',
  RAW_BUCKET: 'raw-bucket',
  PROCESSED_BUCKET: 'processed-bucket',
  DYNAMODB_ENDPOINT: '',
  CATALOG_TABLE: 'catalog',
  KAFKA_BROKERS: '127.0.0.1:9',
  KAFKA_TOPIC_PREFIX: '',
  SECRETS_MANAGER_ENDPOINT: '',
  KAFKA_TLS: false,
  KAFKA_CA_FILE: '',
  KAFKA_CA_SECRET_ID: '',
  KAFKA_SASL_USERNAME: '',
  KAFKA_SASL_PASSWORD: '',
  KAFKA_SASL_SECRET_ID: '',
  RETENTION_DAYS: 7,
  OTEL_EXPORTER_OTLP_ENDPOINT: '',
  LOG_LEVEL: 'silent',
  HOST: '127.0.0.1',
  PORT: 0,
  ADMIN_HOST: '127.0.0.1',
  ADMIN_PORT: 0,
  NODE_ENV: 'test',
  WEBHOOK_ALLOW_NETWORKS: '',
  AUTH: 'keys',
  KEYS_TABLE: 'keys',
  WEBHOOKS_TABLE: 'webhooks',
  JWT_ISSUER: '',
  JWT_AUDIENCE: '',
  JWT_JWKS_URL: '',
  JWT_ALGORITHMS: 'RS256,ES256',
  JWT_LEEWAY_SECONDS: 30,
  JWT_TENANT_CLAIM: 'tenant',
  JWT_SCOPES_CLAIM: 'scope',
  JWT_RATE_PER_MINUTE: 600,
  READ_TOKEN_SECRET: '',
  HEIC: 'on',
  MAX_UPLOAD_BYTES: 1_000_000,
  MAX_WAIT_SECONDS: 25,
  PRESIGN_TTL_SECONDS: 900,
  WEB: 'off',
  VARIANT_URL_TTL_SECONDS: 3_600,
  RATE_LIMIT_PER_MINUTE: 10_000,
  REDIS_URL: '',
  GATEWAY_WORKERS: '1',
  CORS_ORIGINS: '',
  TRUST_PROXY: '',
  // Tests share the CPU, so load shedding is off. It has its own test.
  MAX_EVENT_LOOP_DELAY_MS: 60_000,
  EVENT_BUDGET_MS: 500,
  RECONCILE_AFTER_SECONDS: 300,
}

interface Overrides {
  config?: Partial<GatewayConfig>
  dependencies?: Partial<GatewayDependencies>
}

/** Creates the gateway's app with in-memory doubles of its dependencies, which record calls. */
export async function createTestApp(t: Test, { config = {}, dependencies = {} }: Overrides = {}) {
  const settings = { ...testConfig, ...config }
  const clock = { now: testNow }
  const records = new Map<string, ImageRecord>()
  const published: ImageEvent[] = []
  const stored = new Set<string>()
  const lines: unknown[] = []
  const log = { write: (line: string) => lines.push(JSON.parse(line)) }
  const now = () => clock.now
  const s3 = new S3Client({
    region: 'us-east-1',
    endpoint: settings.S3_ENDPOINT,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: { accessKeyId: 'access', secretAccessKey: 'secret' },
  })

  const catalog = createCatalogDouble(records, now)
  const logger = createLogger('gateway', settings.LOG_LEVEL, log)
  const audit = createAudit(logger)
  const metrics = createMetrics()
  const app = await createApp(
    settings,
    {
      catalog,
      rawBucket: {
        head: async (key) => (stored.has(key) ? { byteLength: 1, contentType: 'image/png' } : undefined),
        ping: async () => {},
      },
      events: {
        publish: async (event) => {
          published.push(event)
        },
        ping: async () => {},
      },
      liveEvents: createEventSource(),
      presignUpload: await createPresignUpload(s3, {
        bucket: settings.RAW_BUCKET,
        ttlSeconds: settings.PRESIGN_TTL_SECONDS,
        now,
      }),
      presignDownload: await createPresignDownload(s3, {
        bucket: settings.PROCESSED_BUCKET,
        ttlSeconds: settings.VARIANT_URL_TTL_SECONDS,
        now,
      }),
      storeOrigins: ['https://raw.example.com', 'https://processed.example.com'],
      identify: identifyByAny({ byKey: createIdentifyByKey({ keys: keyTable, audit, now, uptime: now }) }),
      audit,
      metrics,
      now,
      ...dependencies,
    },
    logger,
  )
  const admin = createAdminApp(createMetricsReader({ catalog, metrics, now }, logger), logger)
  t.teardown(() => Promise.all([app.close(), admin.close()]))
  return { app, admin, catalog, clock, records, published, stored, lines, keys: keyTable }
}

export const withKey = { authorization: `Bearer ${testKey}` }
