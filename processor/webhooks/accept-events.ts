import { topicOf } from '../../core/events/image-events.ts'
import type { ImageEvent } from '../../core/images/image-event.ts'
import type { KafkaMessage } from '../../core/kafka/kafka-message.ts'
import { limitConcurrency } from '../../core/limit-concurrency.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { DeliveryTable } from '../../core/webhooks/delivery-table.ts'
import { deliveryOf, newDelivery } from '../../core/webhooks/webhook-delivery.ts'
import type { WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import type { Deliver } from './deliver.ts'
import type { EndpointCache } from './endpoint-cache.ts'
import type { Lanes } from './lanes.ts'
import type { WebhookObserver } from './observer.ts'
import { readEvent } from './read-event.ts'

interface AcceptEventsOptions {
  deliveries: Pick<DeliveryTable, 'add'>
  endpoints: Pick<EndpointCache, 'list'>
  lanes: Pick<Lanes, 'reserve'>
  deliver: Deliver
  /** How long this process holds a delivery for its first try, including the wait for a slot. */
  firstLeaseMs: number
  /** The part of the lease that one try can need. */
  tryMs: number
  /** Epoch milliseconds. */
  now: () => number
  observer: Pick<WebhookObserver, 'eventUnreadable'>
  logger: Logger
}

/** Allowed difference between the clocks of the machines that create an endpoint and an event. */
const clockSkewMs = 60_000
const maxConcurrentWrites = 50

export type AcceptEvents = ReturnType<typeof createAcceptEvents>

/**
 * Creates the function that stores a delivery for each event and each endpoint subscribed to it. An event that is delivered again by
 * Kafka adds nothing. The first tries begin at once, as far as there are free places, but the function does not wait for them.
 */
export function createAcceptEvents({
  deliveries,
  endpoints,
  lanes,
  deliver,
  firstLeaseMs,
  tryMs,
  now,
  observer,
  logger,
}: AcceptEventsOptions) {
  const limit = limitConcurrency(maxConcurrentWrites)

  /** @returns the messages to deliver again: DynamoDB failed before all their deliveries were stored */
  return async function acceptEvents(messages: KafkaMessage[]): Promise<KafkaMessage[]> {
    const results = await Promise.allSettled(messages.map(acceptMessage))
    const failed = messages.filter((_, index) => results[index]?.status === 'rejected')
    const [firstError] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    if (firstError) {
      const facts = { operation: 'accept-event', count: failed.length, err: firstError }
      logger.warn(facts, 'webhook deliveries could not be stored; will retry')
    }
    return failed
  }

  /** A message that is not an event is only logged and counted, because no delivery is lost. */
  async function acceptMessage(message: KafkaMessage): Promise<void> {
    const read = readEvent(message)
    if (read) return acceptEvent(read.event, read.body)
    const { topic, partition, offset } = message
    logger.error(
      { operation: 'accept-event', topic, partition, offset },
      'skipped a message that is not an event',
    )
    observer.eventUnreadable()
  }

  async function acceptEvent(event: ImageEvent, body: string): Promise<void> {
    const found = await endpoints.list(event.data.tenant, Date.parse(event.time))
    const subscribed = found.filter((endpoint) => isSubscribed(endpoint, event))
    await Promise.all(subscribed.map((endpoint) => limit(() => addDelivery(endpoint, event, body))))
  }

  async function addDelivery(endpoint: WebhookEndpoint, event: ImageEvent, body: string): Promise<void> {
    const { endpointId, status } = endpoint
    const parts = deliveryOf(event, body, endpointId)
    if (status === 'disabled') return void (await deliveries.add(newDelivery(parts, now())))

    const place = lanes.reserve(parts)
    const delivery = newDelivery(parts, now(), now() + (place ? firstLeaseMs : 0))
    const isNew = await deliveries.add(delivery).catch((error) => {
      place?.release()
      throw error
    })
    if (isNew) place?.run(async () => (isHeld(delivery) ? deliver(delivery) : 'unknown'))
    else place?.release()
  }

  /** Whether the lease is long enough for a try. Otherwise the delivery is left to become due. */
  function isHeld({ dueAt = 0 }: { dueAt?: number }): boolean {
    return dueAt - now() >= tryMs
  }
}

/** An endpoint gets the events that occur after its creation, also when the consumer group reads the topics from the beginning. */
function isSubscribed({ events, createdAt }: WebhookEndpoint, event: ImageEvent): boolean {
  const isNewer = !(Date.parse(event.time) < Date.parse(createdAt) - clockSkewMs)
  return isNewer && (events as readonly string[]).includes(topicOf(event))
}
