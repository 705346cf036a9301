import type { GatewayApp } from '../../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../../http/responses.ts'
import { describeEndpoint } from '../../webhooks/describe-endpoint.ts'
import { EndpointParams, WebhookEndpoint } from '../../webhooks/webhook-schemas.ts'
import { type WebhookRouteOptions, webhookTags } from './webhook-route.ts'

/** `GET /v1/webhooks/{endpointId}`: one endpoint, without its secret. */
export function getWebhook(app: GatewayApp, { webhooks, now }: WebhookRouteOptions): void {
  const schema = {
    operationId: 'getWebhook',
    tags: webhookTags,
    summary: 'Get a webhook endpoint',
    description: 'The secret is not part of it: `rotateWebhookSecret` creates a new one.',
    params: EndpointParams,
    response: {
      200: jsonResponse(WebhookEndpoint, 'The endpoint.'),
      ...problemResponses(['VALIDATION_FAILED', 'WEBHOOKS_NOT_ENABLED', 'WEBHOOK_NOT_FOUND']),
    },
  }

  app.get('/webhooks/:endpointId', { schema, config: { scope: 'admin' } }, async (request) =>
    describeEndpoint(await webhooks.find(request), now()),
  )
}
