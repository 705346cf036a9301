import { randomUUID } from 'node:crypto'
import { DependencyUnavailable } from '../../core/errors.ts'
import { imageEvent, type Topic } from '../../core/events/image-events.ts'
import type { ImageRecord } from '../../core/images/image-record.ts'
import type { ImageRef } from '../../core/images/object-key.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'

/** A relay that is killed with a record in its hands keeps other relays from it for this long. */
const relayLeaseMs = 30_000

export type OutboxPublisher = ReturnType<typeof createOutboxPublisher>

/**
 * Events go to Kafka at once, or, while Kafka is away, into their record, from where a relay delivers them. The events
 * of one image keep their order: what is owed goes first.
 */
export function createOutboxPublisher(
  { catalog, events, now }: Pick<GatewayDependencies, 'catalog' | 'events' | 'now'>,
  logger: Logger,
) {
  /** Known to be away: nobody waits for it again before the relay has found it well. */
  let kafkaIsAway = false

  /**
   * Resolves when the event is on its topic, or owed in the record.
   * @throws DependencyUnavailable (a retry can help) when neither can be done
   */
  async function publishOrEnqueue(topic: Topic, record: ImageRecord): Promise<void> {
    const event = imageEvent(topic, record, { source: '/hashgate/gateway', nowMs: now() })
    if (kafkaIsAway || record.pendingEvents) return catalog.outbox.enqueue(record, event)
    try {
      await events.publish(event)
    } catch (error) {
      if (!(error instanceof DependencyUnavailable)) throw error
      if (!kafkaIsAway) logger.warn({ operation: 'announce', err: error }, 'Kafka is away: events are owed')
      kafkaIsAway = true
      await catalog.outbox.enqueue(record, event)
    }
  }

  /**
   * Delivers all that any record owes, of whatever gateway or processor.
   * @param signal ends it early
   * @throws DependencyUnavailable when Kafka or the catalog is away; what is owed stays owed
   */
  async function relay(signal?: AbortSignal): Promise<void> {
    const owner = randomUUID()
    const failures: unknown[] = []
    for await (const images of catalog.outbox.listPending()) {
      if (signal?.aborted) return
      await events.ping()
      const ends = await Promise.allSettled(images.map((image) => deliver(image, owner)))
      failures.push(...ends.filter((end) => end.status === 'rejected').map(({ reason }) => reason))
    }
    // At the end: what cannot be delivered, of one topic or partition, must not hold up the others.
    if (failures.length > 0) throw failures[0]
    if (kafkaIsAway) logger.info({ operation: 'relay' }, 'Kafka is back: nothing is owed')
    kafkaIsAway = false
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
