import { rotateSecret } from '../../../core/webhooks/webhook-endpoint.ts'
import type { GatewayApp } from '../../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../../http/responses.ts'
import { describeWithSecret } from '../../webhooks/describe-endpoint.ts'
import { webhookExamples } from '../../webhooks/webhook-examples.ts'
import { EndpointParams, WebhookEndpointWithSecret } from '../../webhooks/webhook-schemas.ts'
import { type WebhookRouteOptions, webhookTags } from './webhook-route.ts'

/** `POST /v1/webhooks/{endpointId}/rotate-secret`: creates a new secret. */
export function rotateWebhookSecret(app: GatewayApp, { webhooks, audit, now }: WebhookRouteOptions): void {
  const schema = {
    operationId: 'rotateWebhookSecret',
    tags: webhookTags,
    summary: 'Create a new secret for a webhook endpoint',
    description:
      'The earlier secrets stay valid for 24 hours: deliveries are signed with each of them, so the receiver accepts them before and after you give it the new one.',
    params: EndpointParams,
    response: {
      200: jsonResponse(WebhookEndpointWithSecret, 'The endpoint with its new secret. Store the secret.', {
        example: webhookExamples.rotated,
      }),
      ...problemResponses(['WEBHOOKS_NOT_ENABLED', 'WEBHOOK_NOT_FOUND', 'WEBHOOK_CHANGED_MEANWHILE'], {
        body: true,
      }),
    },
  }

  app.post('/webhooks/:endpointId/rotate-secret', { schema, config: { scope: 'admin' } }, async (request) => {
    const endpoint = await webhooks.change(request, (before) => ({ secrets: rotateSecret(before, now()) }))
    audit.endpointChanged('secret_rotated', request, endpoint)
    return describeWithSecret(endpoint, now())
  })
}
