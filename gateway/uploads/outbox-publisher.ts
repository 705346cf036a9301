import { randomUUID } from 'node:crypto'
import { DependencyUnavailable } from '../../core/errors.ts'
import { imageEvent, type Topic } from '../../core/events/image-events.ts'
import type { ImageRecord } from '../../core/images/image-record.ts'
import type { ImageRef } from '../../core/images/object-key.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'

/** How long a killed relay blocks the other relays from a record that it had locked. */
const relayLeaseMs = 30_000

export type OutboxPublisher = ReturnType<typeof createOutboxPublisher>

/**
 * Publishes events to Kafka, or keeps them in the outbox of their record while Kafka is unavailable. The relay publishes pending
 * events later. The events of one image keep their order: pending events go first.
 */
export function createOutboxPublisher(
  { catalog, events, now }: Pick<GatewayDependencies, 'catalog' | 'events' | 'now'>,
  logger: Logger,
) {
  /** Set after a failed publish until the relay succeeds. Meanwhile requests do not wait for Kafka. */
  let isKafkaUnavailable = false

  /**
   * Resolves when the event is on its topic or in the outbox of the record.
   * @throws DependencyUnavailable (a retry can help) when both fail
   */
  async function publishOrEnqueue(topic: Topic, record: ImageRecord): Promise<void> {
    const event = imageEvent(topic, record, { source: '/hashgate/gateway', nowMs: now() })
    if (isKafkaUnavailable || record.pendingEvents) return catalog.outbox.enqueue(record, event)
    try {
      await events.publish(event)
    } catch (error) {
      if (!(error instanceof DependencyUnavailable)) throw error
      if (!isKafkaUnavailable) {
        logger.warn(
          { operation: 'announce', err: error },
          'Kafka is unavailable; keeping events in the outbox',
        )
      }
      isKafkaUnavailable = true
      await catalog.outbox.enqueue(record, event)
    }
  }

  /**
   * Publishes the pending events of all records, whichever gateway or processor enqueued them.
   * @param signal stops the relay early
   * @throws DependencyUnavailable when Kafka or the catalog is unavailable; the events stay pending
   */
  async function relay(signal?: AbortSignal): Promise<void> {
    const owner = randomUUID()
    const failures: unknown[] = []
    for await (const images of catalog.outbox.listPending()) {
      if (signal?.aborted) return
      await events.ping()
      const results = await Promise.allSettled(images.map((image) => deliver(image, owner)))
      failures.push(...results.filter((result) => result.status === 'rejected').map(({ reason }) => reason))
    }
    // Thrown last, so that one failing topic or partition does not block the others.
    if (failures.length > 0) throw failures[0]
    if (isKafkaUnavailable)
      logger.info({ operation: 'relay' }, 'Kafka is available again; the outbox is empty')
    isKafkaUnavailable = false
  }

  async function deliver(image: ImageRef, owner: string): Promise<void> {
    const record = await catalog.outbox.lock(image, owner, relayLeaseMs)
    if (!record) return
    let isDelivered = false
    try {
      for (const event of record.pendingEvents ?? []) await events.publish(event)
      isDelivered = await catalog.outbox.markPublished(record, owner)
    } finally {
      if (!isDelivered) await catalog.outbox.unlock(record, owner)
    }
  }

  return { publishOrEnqueue, relay }
}
