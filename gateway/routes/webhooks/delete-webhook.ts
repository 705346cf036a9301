import type { GatewayApp } from '../../http/gateway-app.ts'
import { Problem } from '../../http/problems.ts'
import { emptyResponse, problemResponses } from '../../http/responses.ts'
import { EndpointParams } from '../../webhooks/webhook-schemas.ts'
import { type WebhookRouteOptions, webhookTags } from './webhook-route.ts'

/** `DELETE /v1/webhooks/{endpointId}`: deletes an endpoint. */
export function deleteWebhook(app: GatewayApp, { webhooks, audit }: WebhookRouteOptions): void {
  const schema = {
    operationId: 'deleteWebhook',
    tags: webhookTags,
    summary: 'Delete a webhook endpoint',
    description:
      'Nothing is sent to it any more, retries included, except for a delivery that is under way. Its delivery log is no longer readable.',
    params: EndpointParams,
    response: {
      204: emptyResponse('The endpoint is deleted.'),
      ...problemResponses(['WEBHOOKS_NOT_ENABLED', 'WEBHOOK_NOT_FOUND'], { body: true }),
    },
  }

  app.delete('/webhooks/:endpointId', { schema, config: { scope: 'admin' } }, async (request, reply) => {
    const endpoint = await webhooks.find(request)
    if (!(await webhooks.store().endpoints.remove(endpoint))) throw new Problem('WEBHOOK_NOT_FOUND')
    audit.endpointChanged('deleted', request, endpoint)
    return reply.code(204).send()
  })
}
