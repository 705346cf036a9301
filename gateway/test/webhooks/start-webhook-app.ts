import type { Test } from 'tap'
import type { ApiKey } from '../../../core/api-keys/api-key.ts'
import { createWebhookTable, openWebhookStore } from '../../../core/webhooks/webhook-store.ts'
import { createTestApp } from '../../../scripts/testkit/create-test-app.ts'
import { startTestDynamoDb } from '../../../scripts/testkit/start-test-dynamodb.ts'
import type { GatewayConfig } from '../../config.ts'

/** The body of a request to create a webhook endpoint. */
export const wanted = { url: 'https://example.com/hook', events: ['image.processed'] }

/** The app over a real store of webhooks, listening. */
export async function startWebhookApp(t: Test, config: Partial<GatewayConfig> = {}) {
  const { client, documents } = await startTestDynamoDb(t)
  await createWebhookTable(client, 'webhooks')
  const clock = { now: Date.UTC(2026, 10, 22, 10) }
  const now = () => clock.now
  const webhooks = openWebhookStore(documents, 'webhooks', now)
  const built = await createTestApp(t, {
    config: { LOG_LEVEL: 'info', ...config },
    dependencies: { webhooks, now },
  })
  const origin = await built.app.listen({ port: 0 })
  let tenants = 0

  /** A caller with a new tenant and key. */
  function makeCaller({ tenant = `tenant-${++tenants}`, ...options }: Partial<ApiKey> = {}) {
    const { text } = built.keys.make({ tenant, ...options })

    /** Sends a request. @param path behind `/v1/webhooks` */
    async function call(method: string, path = '', body?: unknown) {
      const response = await fetch(`${origin}/v1/webhooks${path}`, {
        method,
        headers: {
          authorization: `Bearer ${text}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      })
      const answer = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        json: answer ? JSON.parse(answer) : undefined,
      }
    }

    /** A new endpoint, as the API describes it. */
    async function create(parts: object = {}) {
      return (await call('POST', '', { ...wanted, ...parts })).json
    }

    return { tenant, call, create }
  }

  return { ...built, clock, webhooks, makeCaller }
}
