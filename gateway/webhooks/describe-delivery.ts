import type { Static } from 'typebox'
import type { WebhookDelivery as StoredDelivery } from '../../core/webhooks/webhook-delivery.ts'
import type { WebhookDelivery } from './webhook-schemas.ts'

/** What callers see of a delivery. */
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
