import { Type } from 'typebox'
import { readLogCursor, writeCursor } from '../../http/cursor.ts'
import type { GatewayApp } from '../../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../../http/responses.ts'
import { describeDelivery } from '../../webhooks/describe-delivery.ts'
import { webhookExamples } from '../../webhooks/webhook-examples.ts'
import { EndpointParams, WebhookDeliveryList } from '../../webhooks/webhook-schemas.ts'
import { type WebhookRouteOptions, webhookTags } from './webhook-route.ts'

const description = `The log of the last 7 days, newest first: one entry per event, with the result of its last try.

Pass \`nextCursor\` as \`cursor\` until it is absent. A new delivery can take a second to appear.`

const Query = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        default: 20,
        description: 'Maximum deliveries per page.',
        examples: [20],
      }),
    ),
    cursor: Type.Optional(
      Type.String({
        maxLength: 512,
        description: '`nextCursor` of the previous page, for the same endpoint.',
        examples: [webhookExamples.logCursor],
      }),
    ),
  },
  { additionalProperties: false },
)

/** `GET /v1/webhooks/{endpointId}/deliveries?limit=&cursor=`: a page of the endpoint's delivery log. */
export function listWebhookDeliveries(app: GatewayApp, { webhooks }: WebhookRouteOptions): void {
  const schema = {
    operationId: 'listWebhookDeliveries',
    tags: webhookTags,
    summary: 'List the deliveries of a webhook endpoint',
    description,
    params: EndpointParams,
    querystring: Query,
    response: {
      200: jsonResponse(WebhookDeliveryList, 'One page of the log.'),
      ...problemResponses(['VALIDATION_FAILED', 'WEBHOOKS_NOT_ENABLED', 'WEBHOOK_NOT_FOUND']),
    },
  }

  const options = { schema, config: { scope: 'admin' } } as const
  app.get('/webhooks/:endpointId/deliveries', options, async (request) => {
    const { cursor, limit = 20 } = request.query
    const { endpointId } = await webhooks.find(request)
    const after = cursor === undefined ? undefined : readLogCursor(cursor, endpointId)
    const { deliveries } = webhooks.store()
    const page = await deliveries.listLog(endpointId, { order: 'newest', after, limit })
    return {
      deliveries: page.deliveries.map(describeDelivery),
      nextCursor: page.next && writeCursor(page.next, endpointId),
    }
  })
}
