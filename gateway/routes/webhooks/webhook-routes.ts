import type { GatewayDependencies } from '../../http/dependencies.ts'
import type { GatewayApp } from '../../http/gateway-app.ts'
import { createTenantWebhooks } from '../../webhooks/tenant-webhooks.ts'
import { createWebhook } from './create-webhook.ts'
import { deleteWebhook } from './delete-webhook.ts'
import { getWebhook } from './get-webhook.ts'
import { listWebhooks } from './list-webhooks.ts'
import { rotateWebhookSecret } from './rotate-webhook-secret.ts'
import { testWebhook } from './test-webhook.ts'
import { updateWebhook } from './update-webhook.ts'

/** `/v1/webhooks`: the endpoints of a tenant. */
export function webhookRoutes(app: GatewayApp, dependencies: GatewayDependencies): void {
  const { audit, now } = dependencies
  const options = { webhooks: createTenantWebhooks(dependencies), audit, now }
  createWebhook(app, options)
  listWebhooks(app, options)
  getWebhook(app, options)
  updateWebhook(app, options)
  deleteWebhook(app, options)
  testWebhook(app, options)
  rotateWebhookSecret(app, options)
}
