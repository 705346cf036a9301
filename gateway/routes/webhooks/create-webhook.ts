import type { GatewayApp } from '../../http/gateway-app.ts'
import { Problem } from '../../http/problems.ts'
import { jsonResponse, problemResponses } from '../../http/responses.ts'
import { ref } from '../../http/schemas/schema-parts.ts'
import { describeWithSecret } from '../../webhooks/describe-endpoint.ts'
import { assertNewUrl, readUrl } from '../../webhooks/read-url.ts'
import { WebhookEndpointRequest, WebhookEndpointWithSecret } from '../../webhooks/webhook-schemas.ts'
import { type WebhookRouteOptions, webhookBodyLimitBytes, webhookTags } from './webhook-route.ts'

const description = `Events of your images are then sent to the URL, signed as [Standard Webhooks](https://www.standardwebhooks.com)
describes. The answer has the secret for verifying the signatures; no other call returns it.

A tenant can have one endpoint per URL. If you repeat a request because its response was lost, you get \`WEBHOOK_EXISTS\` with the id
of the endpoint: call \`rotateWebhookSecret\` to get a secret.`

/** `POST /v1/webhooks`: creates an endpoint. */
export function createWebhook(app: GatewayApp, { webhooks, rules, audit, now }: WebhookRouteOptions): void {
  const schema = {
    operationId: 'createWebhook',
    tags: webhookTags,
    summary: 'Create a webhook endpoint',
    description,
    body: ref(WebhookEndpointRequest),
    response: {
      201: jsonResponse(WebhookEndpointWithSecret, 'The endpoint is active. Store the secret.'),
      ...problemResponses(['WEBHOOKS_NOT_ENABLED', 'WEBHOOK_EXISTS', 'TOO_MANY_WEBHOOKS'], { body: true }),
    },
  }

  const options = { schema, config: { scope: 'admin' }, bodyLimit: webhookBodyLimitBytes } as const
  app.post('/webhooks', options, async (request, reply) => {
    const { tenant } = request.principal
    const { endpoints } = webhooks.store()
    const { events, description } = request.body
    const url = readUrl(request.body.url, rules)
    const wanted = { tenant, url, events: [...new Set(events)], ...(description && { description }) }
    const endpoint = await endpoints.create(wanted, (existing) => assertNewUrl(url, existing))
    if (!endpoint) throw new Problem('TOO_MANY_WEBHOOKS')
    audit.endpointChanged('created', request, endpoint)
    return reply.code(201).send(describeWithSecret(endpoint, now()))
  })
}
