import type { Static } from 'typebox'
import type { WebhookEndpoint as StoredEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import type { WebhookEndpoint, WebhookEndpointWithSecret } from './webhook-schemas.ts'

/** An endpoint as the API returns it: without its secrets. @param nowMs epoch milliseconds */
export function describeEndpoint(endpoint: StoredEndpoint, nowMs: number): Static<typeof WebhookEndpoint> {
  const { endpointId, url, events, description, status, disabledReason, failingSince } = endpoint
  const { createdAt, updatedAt } = endpoint
  const last = endpoint.secrets
    .flatMap(({ expiresAt }) => expiresAt ?? [])
    .sort()
    .at(-1)
  return {
    endpointId,
    url,
    events,
    description,
    status,
    disabledReason,
    failingSince,
    ...(last && Date.parse(last) > nowMs && { previousSecretsExpireAt: last }),
    createdAt,
    updatedAt,
  }
}

/** The same with the current secret, for the calls that create it. */
export function describeWithSecret(
  endpoint: StoredEndpoint,
  nowMs: number,
): Static<typeof WebhookEndpointWithSecret> {
  const secret = endpoint.secrets[0]?.secret ?? ''
  return { ...describeEndpoint(endpoint, nowMs), secret }
}
