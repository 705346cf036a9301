import { DependencyUnavailable } from '../errors.ts'
import type { ImageEvent } from '../images/image-event.ts'
import type { ImageRecord } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import type { ImageTable } from './image-table.ts'
import { attributesOf, entryIn, sparseIndexes } from './sparse-indexes.ts'

const { outbox } = sparseIndexes
const pageSize = 50

/** The attributes that go once every event of a record has been delivered. */
export const outboxAttributes = ['pendingEvents', 'relayOwner', 'relayUntil', ...attributesOf(outbox)]

/**
 * The events that records owe: promised by a change of the record, and not known to be on their topics yet. A record
 * keeps them in their order. Whoever delivers them holds the record's relay lease, so that usually nobody else does.
 */
export function createOutbox(table: ImageTable, now: () => number) {
  /**
   * Adds an event to what the record owes; when the record as given owes it already, nothing changes.
   * @throws DependencyUnavailable also when the record has made room for another generation meanwhile
   */
  async function enqueue(record: ImageRecord, event: ImageEvent): Promise<void> {
    if (record.pendingEvents?.some(({ id }) => id === event.id)) return
    const kept = await table.change(record, {
      append: { pendingEvents: [event] },
      setIfAbsent: entryIn(outbox, record, now()),
    })
    if (!kept) throw new DependencyUnavailable('catalog', new Error('the record is gone'))
  }

  /** Images that owe events, in pages, the longest waiting first within a shard. */
  const listPending = (): AsyncGenerator<ImageRef[]> => table.list(outbox, now(), pageSize)

  /** The record with its owed events, for one relay alone; undefined when another has it or nothing is owed. */
  function lock(ref: ImageRef, owner: string, leaseMs: number): Promise<ImageRecord | undefined> {
    return table.change(ref, {
      set: { relayOwner: owner, relayUntil: now() + leaseMs },
      condition:
        'attribute_exists(#pendingEvents) AND (attribute_not_exists(relayUntil) OR relayUntil <= :nowMs) AND ' +
        // While the work on a finished image is not over, its events are the worker's: the manifest comes before them.
        '(attribute_not_exists(finishedAt) OR attribute_not_exists(checkAt))',
      values: { ':nowMs': now() },
    })
  }

  /** The relay could not deliver: the next may try at once. */
  async function unlock(record: ImageRecord, owner: string): Promise<void> {
    await table.change(record, {
      remove: ['relayOwner', 'relayUntil'],
      condition: 'relayOwner = :owner',
      values: { ':owner': owner },
    })
  }

  /**
   * All events of `record` are on their topics. When another event has joined them since it was read, all stay: they
   * are delivered again rather than one of them never.
   */
  async function markPublished(record: ImageRecord, owner: string): Promise<boolean> {
    const struck = await table.change(record, {
      remove: outboxAttributes,
      condition: `relayOwner = :owner AND ${pendingUnchanged}`,
      values: { ':owner': owner, ...pendingValues(record) },
    })
    return struck !== undefined
  }

  /** How many images owe events, and since when the first does (epoch milliseconds). */
  const measurePending = () => table.measure(outbox)

  return { enqueue, listPending, lock, unlock, markPublished, measurePending }
}

/**
 * Holds when the record still owes what it owed when it was read, and not more: events are only ever added at the end,
 * and removed all at once. Its values come from `pendingValues`.
 */
export const pendingUnchanged =
  '#pendingEvents[0].id = :firstPending AND size(#pendingEvents) = :pendingCount'

export function pendingValues({ pendingEvents = [] }: ImageRecord) {
  return { ':firstPending': pendingEvents[0]?.id ?? '', ':pendingCount': pendingEvents.length }
}
