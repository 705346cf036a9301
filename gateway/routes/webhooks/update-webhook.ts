import type { Static } from 'typebox'
import type { EndpointChange } from '../../../core/webhooks/endpoint-table.ts'
import type { WebhookEndpoint as StoredEndpoint } from '../../../core/webhooks/webhook-endpoint.ts'
import type { GatewayApp } from '../../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../../http/responses.ts'
import { ref } from '../../http/schemas/schema-parts.ts'
import { describeEndpoint } from '../../webhooks/describe-endpoint.ts'
import { assertNewUrl, readUrl } from '../../webhooks/read-url.ts'
import { EndpointParams, WebhookEndpoint, WebhookEndpointChange } from '../../webhooks/webhook-schemas.ts'
import { type WebhookRouteOptions, webhookBodyLimitBytes, webhookTags } from './webhook-route.ts'

const description = `Fields that are absent keep their values. \`enabled: false\` stops deliveries: events are then logged as \`skipped\`
and can be sent later with \`replayWebhook\`. \`enabled: true\` makes a \`disabled\` or \`failing\` endpoint \`active\` again. Deliveries that
wait for a retry go to the new URL, and a new URL makes a \`failing\` endpoint \`active\`.`

/** `PATCH /v1/webhooks/{endpointId}`: changes an endpoint. */
export function updateWebhook(app: GatewayApp, { webhooks, rules, audit, now }: WebhookRouteOptions): void {
  const schema = {
    operationId: 'updateWebhook',
    tags: webhookTags,
    summary: 'Change, disable or enable a webhook endpoint',
    description,
    params: EndpointParams,
    body: ref(WebhookEndpointChange),
    response: {
      200: jsonResponse(WebhookEndpoint, 'The changed endpoint.'),
      ...problemResponses(
        ['WEBHOOKS_NOT_ENABLED', 'WEBHOOK_NOT_FOUND', 'WEBHOOK_EXISTS', 'WEBHOOK_CHANGED_MEANWHILE'],
        { body: true },
      ),
    },
  }

  const options = { schema, config: { scope: 'admin' }, bodyLimit: webhookBodyLimitBytes } as const
  app.patch('/webhooks/:endpointId', options, async (request) => {
    const { body, params } = request
    const wanted = { ...body, ...(body.url !== undefined && { url: readUrl(body.url, rules) }) }
    if (wanted.url !== undefined) {
      const existing = await webhooks.store().endpoints.list(request.principal.tenant)
      const others = existing.filter(({ endpointId }) => endpointId !== params.endpointId)
      assertNewUrl(wanted.url, others)
    }
    const endpoint = await webhooks.change(request, (before) => decideChange(before, wanted))
    audit.endpointChanged('changed', request, endpoint, { changes: Object.keys(body) })
    return describeEndpoint(endpoint, now())
  })
}

function decideChange(
  before: StoredEndpoint,
  { url, events, description, enabled }: Static<typeof WebhookEndpointChange>,
): EndpointChange {
  const hasNewUrl = url !== undefined && url !== before.url
  const startsAfresh = enabled || (hasNewUrl && before.status === 'failing')
  const stops = enabled === false && before.status !== 'disabled'
  return {
    ...(url !== undefined && { url }),
    ...(events && { events: [...new Set(events)] }),
    ...(description !== undefined && { description: description || undefined }),
    ...((startsAfresh || stops) && { status: 'active', disabledReason: undefined, failingSince: undefined }),
    ...(stops && { status: 'disabled', disabledReason: 'requested' }),
  }
}
