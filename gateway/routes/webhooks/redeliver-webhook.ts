import type { GatewayApp } from '../../http/gateway-app.ts'
import { Problem } from '../../http/problems.ts'
import { jsonResponse, problemResponses } from '../../http/responses.ts'
import { describeDelivery } from '../../webhooks/describe-delivery.ts'
import { webhookExamples } from '../../webhooks/webhook-examples.ts'
import { DeliveryParams, WebhookDelivery } from '../../webhooks/webhook-schemas.ts'
import { type WebhookRouteOptions, webhookTags } from './webhook-route.ts'

/** `POST /v1/webhooks/{endpointId}/deliveries/{eventId}/redeliver`: sends one event again. */
export function redeliverWebhook(app: GatewayApp, { webhooks }: WebhookRouteOptions): void {
  const schema = {
    operationId: 'redeliverWebhook',
    tags: webhookTags,
    summary: 'Send an event to a webhook endpoint again',
    description:
      'The delivery is sent at once, regardless of its status, with the same `webhook-id`, and retried for 24 hours if need be. Percent-encode the event id: its slashes are `%2F` in the path.',
    params: DeliveryParams,
    response: {
      202: jsonResponse(WebhookDelivery, 'The event will be sent at once.', {
        example: webhookExamples.redelivery,
      }),
      ...problemResponses(
        ['WEBHOOKS_NOT_ENABLED', 'WEBHOOK_NOT_FOUND', 'DELIVERY_NOT_FOUND', 'WEBHOOK_DISABLED'],
        { body: true },
      ),
    },
  }

  const options = { schema, config: { scope: 'admin' } } as const
  app.post('/webhooks/:endpointId/deliveries/:eventId/redeliver', options, async (request, reply) => {
    const { endpointId } = await webhooks.findEnabled(request)
    const { deliveries } = webhooks.store()
    const ref = { endpointId, eventId: request.params.eventId }
    const delivery = (await deliveries.redeliver(ref)) && (await deliveries.find(ref))
    if (!delivery) throw new Problem('DELIVERY_NOT_FOUND')
    return reply.code(202).send(describeDelivery(delivery))
  })
}
