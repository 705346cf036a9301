import { createLogger } from '../../core/telemetry/logger.ts'
import { createApp } from '../../gateway/app.ts'
import type { GatewayDependencies } from '../../gateway/http/dependencies.ts'
import { createMetrics } from '../../gateway/observe/create-metrics.ts'

/** Renders the gateway's OpenAPI document as formatted JSON. Calls no dependency. */
export async function renderContract(): Promise<string> {
  const settings = {
    CORS_ORIGINS: '',
    HEIC: 'on' as const,
    MAX_EVENT_LOOP_DELAY_MS: 1_000,
    MAX_UPLOAD_BYTES: 1,
    MAX_WAIT_SECONDS: 25,
    NODE_ENV: '',
    RATE_LIMIT_PER_MINUTE: 1,
    RETENTION_DAYS: 7,
    TRUST_PROXY: '',
    WEBHOOK_ALLOW_NETWORKS: '',
    WEB: 'off' as const,
  }
  const dependencies = { metrics: createMetrics() } as GatewayDependencies
  const app = await createApp(settings, dependencies, createLogger('export', 'silent'))
  await app.ready()
  // Tools such as Postman need an absolute address.
  const servers = [{ url: 'http://127.0.0.1:3000', description: 'A local gateway, as `npm start` runs it' }]
  const document = { ...app.swagger(), servers }
  await app.close()
  return `${JSON.stringify(document, null, 2)}\n`
}
