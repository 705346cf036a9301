import { newDelivery } from '../../../core/webhooks/webhook-delivery.ts'
import type { GatewayApp } from '../../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../../http/responses.ts'
import { createTestEvent } from '../../webhooks/create-test-event.ts'
import { describeDelivery } from '../../webhooks/describe-delivery.ts'
import { EndpointParams, WebhookDelivery } from '../../webhooks/webhook-schemas.ts'
import { type WebhookRouteOptions, webhookTags } from './webhook-route.ts'

/** Each sends a request to another system, so a test counts as ten requests. */
const countsAs = 10

/** `POST /v1/webhooks/{endpointId}/test`: sends a `webhook.test` event. */
export function testWebhook(app: GatewayApp, { webhooks, now }: WebhookRouteOptions): void {
  const schema = {
    operationId: 'testWebhook',
    tags: webhookTags,
    summary: 'Send a test event to a webhook endpoint',
    description:
      'An event of the type `hashgate.webhook.test.v1` is signed, sent, retried and logged like any other. `listWebhookDeliveries` shows how it went, usually within a second or two. Counts as ten requests.',
    params: EndpointParams,
    response: {
      202: jsonResponse(WebhookDelivery, 'The event will be sent at once.'),
      ...problemResponses(['WEBHOOKS_NOT_ENABLED', 'WEBHOOK_NOT_FOUND', 'WEBHOOK_DISABLED'], { body: true }),
    },
  }

  const config = { scope: 'admin', countsAs } as const
  app.post('/webhooks/:endpointId/test', { schema, config }, async (request, reply) => {
    const endpoint = await webhooks.findEnabled(request)
    const nowMs = now()
    const delivery = newDelivery(createTestEvent(endpoint, nowMs), nowMs, nowMs)
    await webhooks.store().deliveries.add(delivery)
    return reply.code(202).send(describeDelivery(delivery))
  })
}
