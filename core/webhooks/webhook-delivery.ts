import { hash } from 'node:crypto'
import { topicOf } from '../events/image-events.ts'
import type { ImageEvent } from '../images/image-event.ts'

/**
 * `pending`: a try is due or under way. `failed`: given up after 24 hours, or answered with `410`. `skipped`: the endpoint was disabled, so nothing
 * was sent. A redelivery makes any of them `pending` again.
 */
export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'skipped'

/** Identifies a delivery. */
export interface DeliveryRef {
  endpointId: string
  /** The `id` of the event. */
  eventId: string
}

/** One event for one endpoint: the entry of the delivery log, and at the same time the state of its retries. */
export interface WebhookDelivery extends DeliveryRef {
  tenant: string
  /** Topic of the event, such as `image.processed`, or `webhook.test`. */
  eventType: string
  /** The request body: the event as JSON, byte for byte as on Kafka. */
  body: string
  status: DeliveryStatus
  /** All tries, including those before a redelivery. */
  tries: number
  /** Tries since the delivery was last scheduled. They determine the back-off. */
  triesInRow: number
  /** RFC 3339, UTC. */
  createdAt: string
  /** Epoch milliseconds: when the delivery is given up. */
  giveUpAt: number
  /** Epoch milliseconds. The next try, or, during a try, the end of its lease. Only while `pending`. */
  dueAt?: number
  last?: DeliveryTry
  /** Epoch seconds: when the log entry expires. */
  expiresAt: number
}

/** The last try of a delivery. */
export interface DeliveryTry {
  /** RFC 3339, UTC. */
  at: string
  /** HTTP status; absent when there was no response. */
  status?: number
  latencyMs: number
  /** The first 1,000 bytes of the response, as text. */
  answer?: string
  /** Why the try failed, as a sentence; absent after a success. */
  reason?: string
}

/** How long a delivery is retried. */
export const retryWindowMs = 24 * 3_600_000

/** How long the log keeps a delivery. */
export const logSeconds = 7 * 86_400

interface NewDelivery extends DeliveryRef {
  tenant: string
  eventType: string
  body: string
}

/** Creates a delivery. @param dueAt epoch milliseconds; absent when the endpoint is disabled, and then the delivery is skipped */
export function newDelivery(parts: NewDelivery, nowMs: number, dueAt?: number): WebhookDelivery {
  return {
    ...parts,
    status: dueAt === undefined ? 'skipped' : 'pending',
    tries: 0,
    triesInRow: 0,
    createdAt: new Date(nowMs).toISOString(),
    giveUpAt: nowMs + retryWindowMs,
    ...(dueAt !== undefined && { dueAt }),
    expiresAt: Math.floor(nowMs / 1000) + logSeconds,
  }
}

/** The contents of a delivery of an event. @param body the event as it came from Kafka */
export function deliveryOf(event: ImageEvent, body: string, endpointId: string): NewDelivery {
  return { endpointId, eventId: event.id, tenant: event.data.tenant, eventType: topicOf(event), body }
}

/** Whether a text has the form of a log position. */
export const isLogPosition = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-f]{16}$/.test(text)

/** The place of a delivery in its endpoint's log, which is sorted by it. Unique, because it contains a hash of the event's id. */
export function logPosition({ createdAt, eventId }: Pick<WebhookDelivery, 'createdAt' | 'eventId'>): string {
  return `${createdAt}#${hash('sha256', eventId).slice(0, 16)}`
}

/** The delivery, unless it has expired from the log. */
export function ifInLog(delivery: WebhookDelivery, nowMs: number): WebhookDelivery | undefined {
  return delivery.expiresAt > Math.floor(nowMs / 1000) ? delivery : undefined
}
