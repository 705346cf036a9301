import type { GatewayApp } from '../../http/gateway-app.ts'
import { Problem } from '../../http/problems.ts'
import { jsonResponse, problemResponses } from '../../http/responses.ts'
import { ref } from '../../http/schemas/schema-parts.ts'
import { EndpointParams, WebhookReplay, WebhookReplayRequest } from '../../webhooks/webhook-schemas.ts'
import { type WebhookRouteOptions, webhookBodyLimitBytes, webhookTags } from './webhook-route.ts'

const description = `For a receiver that was unavailable or has lost data. Deliveries from \`since\` until now are sent again, oldest first, with the
same \`webhook-id\`s: by default those that failed or were skipped, with \`only: all\` also those that were delivered. The log has the
last 7 days. Those that still wait for a retry are not changed. An endpoint has one replay at a time.`

/** `POST /v1/webhooks/{endpointId}/replay`: sends the events of a period again. */
export function replayWebhook(app: GatewayApp, { webhooks, now }: WebhookRouteOptions): void {
  const schema = {
    operationId: 'replayWebhook',
    tags: webhookTags,
    summary: 'Send the events of a period to a webhook endpoint again',
    description,
    params: EndpointParams,
    body: ref(WebhookReplayRequest),
    response: {
      202: jsonResponse(
        WebhookReplay,
        'The replay has been started. `listWebhookDeliveries` shows its progress.',
      ),
      ...problemResponses(
        ['WEBHOOKS_NOT_ENABLED', 'WEBHOOK_NOT_FOUND', 'WEBHOOK_DISABLED', 'REPLAY_UNDER_WAY'],
        { body: true },
      ),
    },
  }

  const options = { schema, config: { scope: 'admin' }, bodyLimit: webhookBodyLimitBytes } as const
  app.post('/webhooks/:endpointId/replay', options, async (request, reply) => {
    const { tenant, endpointId } = await webhooks.findEnabled(request)
    const { since, only = 'undelivered' } = request.body
    const nowMs = now()
    const period = { since: readPast(since, nowMs), until: new Date(nowMs).toISOString() }
    const { deliveries } = webhooks.store()
    const isNew = await deliveries.startReplay({ tenant, endpointId, ...period, only, dueAt: nowMs })
    if (!isNew) throw new Problem('REPLAY_UNDER_WAY')
    return reply.code(202).send({ ...period, only })
  })
}

/** A time in UTC. RFC 3339 has leap seconds, and years before 0 in UTC; JavaScript has neither of them in its ISO form. */
function readPast(text: string, nowMs: number): string {
  const timeMs = Date.parse(text)
  if (timeMs <= nowMs) return new Date(Math.max(0, timeMs)).toISOString()
  const message = 'must be a time in the past'
  throw new Problem('VALIDATION_FAILED', { errors: [{ field: 'since', message }] })
}
