import { receiverRules } from '../../../core/webhooks/receiver-rules.ts'
import type { GatewayConfig } from '../../config.ts'
import type { GatewayDependencies } from '../../http/dependencies.ts'
import type { GatewayApp } from '../../http/gateway-app.ts'
import { createTenantWebhooks } from '../../webhooks/tenant-webhooks.ts'
import { createWebhook } from './create-webhook.ts'
import { deleteWebhook } from './delete-webhook.ts'
import { getWebhook } from './get-webhook.ts'
import { listWebhookDeliveries } from './list-webhook-deliveries.ts'
import { listWebhooks } from './list-webhooks.ts'
import { redeliverWebhook } from './redeliver-webhook.ts'
import { replayWebhook } from './replay-webhook.ts'
import { rotateWebhookSecret } from './rotate-webhook-secret.ts'
import { testWebhook } from './test-webhook.ts'
import { updateWebhook } from './update-webhook.ts'

/** `/v1/webhooks`: the endpoints of a tenant and their deliveries. */
export function webhookRoutes(
  app: GatewayApp,
  config: Pick<GatewayConfig, 'NODE_ENV' | 'WEBHOOK_ALLOW_NETWORKS'>,
  dependencies: GatewayDependencies,
): void {
  const { audit, now } = dependencies
  const options = { webhooks: createTenantWebhooks(dependencies), rules: receiverRules(config), audit, now }
  createWebhook(app, options)
  listWebhooks(app, options)
  getWebhook(app, options)
  updateWebhook(app, options)
  deleteWebhook(app, options)
  testWebhook(app, options)
  rotateWebhookSecret(app, options)
  listWebhookDeliveries(app, options)
  redeliverWebhook(app, options)
  replayWebhook(app, options)
}
