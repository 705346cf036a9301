import type { Static } from 'typebox'
import type { WebhookDelivery as StoredDelivery } from '../../core/webhooks/webhook-delivery.ts'
import type { WebhookDelivery } from './webhook-schemas.ts'

/** A delivery as the API returns it. */
export function describeDelivery(delivery: StoredDelivery): Static<typeof WebhookDelivery> {
  const { eventId, eventType, status, tries, createdAt, dueAt, last } = delivery
  return {
    eventId,
    eventType,
    status,
    tries,
    createdAt,
    ...(dueAt !== undefined && { nextTryAt: new Date(dueAt).toISOString() }),
    ...(last && { lastTry: last }),
  }
}
