import { DependencyUnavailable } from '../errors.ts'
import type { ImageEvent } from '../images/image-event.ts'
import type { ImageRecord } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import type { ImageTable } from './image-table.ts'
import { attributeNames, indexEntry, sparseIndexes } from './sparse-indexes.ts'

const { outbox } = sparseIndexes
const pageSize = 50

export const relayAttributes = ['relayOwner', 'relayUntil']

/** The attributes to remove once all events of a record are published. */
export const outboxAttributes = ['pendingEvents', ...relayAttributes, ...attributeNames(outbox)]

/**
 * The outbox: events that a change of a record requires and that may not be on their topics yet. Each record stores its own, in
 * order. A publisher holds the record's relay lease, so usually only one publishes them.
 */
export function createOutbox(table: ImageTable, now: () => number) {
  /**
   * Adds a pending event to the record, unless `record` already contains it.
   * @throws DependencyUnavailable also when the record was deleted or replaced by another generation
   */
  async function enqueue(record: ImageRecord, event: ImageEvent): Promise<void> {
    if (record.pendingEvents?.some(({ id }) => id === event.id)) return
    const changed = await table.change(record, {
      append: { pendingEvents: [event] },
      setIfAbsent: indexEntry(outbox, record, now()),
    })
    if (!changed) throw new DependencyUnavailable('catalog', new Error('the record no longer exists'))
  }

  /** Lists images with pending events, in pages; within a shard those waiting longest come first. */
  const listPending = (): AsyncGenerator<ImageRef[]> => table.list(outbox, now(), pageSize)

  /** Takes the relay lease of a record. Undefined when another relay holds it or when no events are pending. */
  function lock(ref: ImageRef, owner: string, leaseMs: number): Promise<ImageRecord | undefined> {
    return table.change(ref, {
      set: { relayOwner: owner, relayUntil: now() + leaseMs },
      condition:
        'attribute_exists(#pendingEvents) AND (attribute_not_exists(relayUntil) OR relayUntil <= :nowMs) AND ' +
        // Until a worker completes its lease of a finished image, it publishes the events itself, after the manifest.
        '(attribute_not_exists(finishedAt) OR attribute_not_exists(checkAt))',
      values: { ':nowMs': now() },
    })
  }

  /** Releases the relay lease when publishing failed, so that another relay can try at once. */
  async function unlock(record: ImageRecord, owner: string): Promise<void> {
    await table.change(record, {
      remove: ['relayOwner', 'relayUntil'],
      condition: 'relayOwner = :owner',
      values: { ':owner': owner },
    })
  }

  /**
   * Removes the events of `record` after they were published. Returns false when another event was added since `record` was read:
   * then all stay and are published again, so that none is lost.
   */
  async function markPublished(record: ImageRecord, owner: string): Promise<boolean> {
    const unchanged = pendingUnchanged(record)
    const changed = await table.change(record, {
      remove: outboxAttributes,
      condition: `relayOwner = :owner AND ${unchanged.condition}`,
      values: { ':owner': owner, ...unchanged.values },
    })
    return changed !== undefined
  }

  /** Number of images with pending events, and since when the oldest waits (epoch milliseconds). */
  const measurePending = () => table.measure(outbox)

  return { enqueue, listPending, lock, unlock, markPublished, measurePending }
}

/**
 * The condition that a stored record has exactly the pending events of `record`. The first id and the count suffice: events are
 * only appended, and removed all at once.
 */
export function pendingUnchanged({ pendingEvents = [] }: ImageRecord) {
  return {
    condition: '#pendingEvents[0].id = :firstPending AND size(#pendingEvents) = :pendingCount',
    values: { ':firstPending': pendingEvents[0]?.id ?? '', ':pendingCount': pendingEvents.length },
  }
}
