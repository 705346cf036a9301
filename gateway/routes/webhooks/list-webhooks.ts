import type { GatewayApp } from '../../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../../http/responses.ts'
import { describeEndpoint } from '../../webhooks/describe-endpoint.ts'
import { WebhookEndpointList } from '../../webhooks/webhook-schemas.ts'
import { type WebhookRouteOptions, webhookTags } from './webhook-route.ts'

/** `GET /v1/webhooks`: all endpoints of the caller, without their secrets. */
export function listWebhooks(app: GatewayApp, { webhooks, now }: WebhookRouteOptions): void {
  const schema = {
    operationId: 'listWebhooks',
    tags: webhookTags,
    summary: 'List your webhook endpoints',
    description: 'All of them, without their secrets.',
    response: {
      200: jsonResponse(WebhookEndpointList, 'Your endpoints.'),
      ...problemResponses(['WEBHOOKS_NOT_ENABLED']),
    },
  }

  app.get('/webhooks', { schema, config: { scope: 'admin' } }, async ({ principal }) => {
    const endpoints = await webhooks.store().endpoints.list(principal.tenant)
    return { endpoints: endpoints.map((endpoint) => describeEndpoint(endpoint, now())) }
  })
}
