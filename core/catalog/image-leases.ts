import { LeaseLost } from '../errors.ts'
import type { ImageEvent } from '../images/image-event.ts'
import { type ImageRecord, isFinal } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import { type Find, findOwn } from './find-own.ts'
import type { AttemptCounts } from './image-claims.ts'
import type { ImageResult, ReadyResult } from './image-result.ts'
import type { ImageTable } from './image-table.ts'
import { outboxAttributes, pendingUnchanged } from './outbox.ts'
import { attributeNames, indexEntry, sparseIndexes } from './sparse-indexes.ts'

export const leaseAttributes = ['leaseOwner', 'leaseUntil']

/**
 * The attributes to remove when a lease ends for good; the reconciler then stops checking the image. Records that an
 * earlier version reprocessed can have `replacedKeys`.
 */
const workAttributes = [...leaseAttributes, 'replacedKeys', ...attributeNames(sparseIndexes.unfinished)]

/** The writes of the holder of an image's lease, from the claim until the image's events are published. */
export function createImageLeases(table: ImageTable, find: Find, now: () => number) {
  /**
   * Writes the final status and adds its event to the outbox, in one write. Returns the record, which can have earlier pending events
   * as well.
   * @param event has the next `sequence` of the record, see `withNextSequence`; nothing else raises it during the lease
   * @throws LeaseLost
   */
  async function finish(
    ref: ImageRef,
    owner: string,
    result: ImageResult,
    event: ImageEvent,
  ): Promise<ImageRecord> {
    const finishedAt = new Date(now()).toISOString()
    const set = { ...result, finishedAt, sequence: event.data.sequence }
    const change = { set, append: { pendingEvents: [event] }, ...heldBy(owner, 'processing') }
    const isDone = (record: ImageRecord) => record.status === result.status
    return underLease(table.change(ref, change).then((record) => record ?? findOwn(find, ref, owner, isDone)))
  }

  /**
   * Replaces the result of a `ready` image and adds the event to the outbox, in one write. The reconciler checks the image until
   * the event is published.
   * @param event has the next `sequence` of the record, as in `finish`
   * @throws LeaseLost
   */
  async function completeReprocess(
    held: ImageRecord,
    owner: string,
    { image, recipe }: ReadyResult,
    event: ImageEvent,
  ): Promise<ImageRecord> {
    const { condition, values } = heldBy(owner, 'ready')
    const change = {
      set: {
        image,
        recipe,
        sequence: event.data.sequence,
        reprocessedAt: new Date(now()).toISOString(),
        ...indexEntry(sparseIndexes.unfinished, held, held.leaseUntil ?? now()),
      },
      remove: ['reprocessAttempts'],
      append: { pendingEvents: [event] },
      // The status stays the same, so a repeated write is recognised by its recipe.
      condition: `${condition} AND (attribute_not_exists(recipe) OR recipe <> :recipe)`,
      values,
    }
    const isDone = (record: ImageRecord) => record.recipe === recipe
    return underLease(
      table.change(held, change).then((record) => record ?? findOwn(find, held, owner, isDone)),
    )
  }

  /**
   * Ends the lease and restores the status from before the claim. The attempt is counted only with `attemptCounts`.
   * @param held the record as this worker read it: `processing`, or final with pending events
   * @throws LeaseLost
   */
  async function release(held: ImageRecord, owner: string, { attemptCounts = false } = {}): Promise<void> {
    const uncounted = attemptCounts ? {} : countsBefore(held)
    const set = { status: isFinal(held) ? held.status : 'pending', ...uncounted }
    const remove = [...leaseAttributes, ...undefinedFields(uncounted)]
    if (!isFinal(held) && !attemptCounts) remove.push('startedAt')
    const raiseSequence = !isFinal(held)
    await underLease(table.change(held, { set, raiseSequence, remove, ...heldBy(owner, held.status) }))
  }

  /** Ends the lease after all pending events of the final record were published. @throws LeaseLost */
  async function completeLease(held: ImageRecord, owner: string): Promise<void> {
    const { condition, values } = heldBy(owner, held.status)
    const remove = [...workAttributes, ...outboxAttributes]
    const unchanged = pendingUnchanged(held)
    await underLease(
      table.change(held, {
        remove,
        condition: `${condition} AND (attribute_not_exists(#pendingEvents) OR (${unchanged.condition}))`,
        values: { ...values, ...unchanged.values },
      }),
    )
  }

  /** Ends the lease when the pending events could not be published; the outbox relay publishes them later. @throws LeaseLost */
  async function handOffToRelay(held: ImageRecord, owner: string): Promise<void> {
    const { condition, values } = heldBy(owner, held.status)
    await underLease(
      table.change(held, {
        setIfAbsent: indexEntry(sparseIndexes.outbox, held, now()),
        remove: workAttributes,
        condition: `${condition} AND attribute_exists(#pendingEvents)`,
        values,
      }),
    )
  }

  return {
    finish,
    completeReprocess,
    completeLease,
    handOffToRelay,
    release,
  }
}

/**
 * The attempt counts before the last claim. `reprocessAttempts` is only set while the image is being reprocessed. A claim that did not
 * raise `aloneAttempts` lowers it here, in the image's favour.
 */
function countsBefore({ attempts, aloneAttempts, reprocessAttempts }: ImageRecord): AttemptCounts {
  if (reprocessAttempts) return { reprocessAttempts: reprocessAttempts - 1 || undefined }
  return {
    attempts: attempts - 1,
    aloneAttempts: aloneAttempts && aloneAttempts > 1 ? aloneAttempts - 1 : undefined,
  }
}

const undefinedFields = (fields: object) =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? name : []))

/** The condition that `owner` holds the lease and that the status has not changed. */
const heldBy = (owner: string, status: string) => ({
  condition: 'leaseOwner = :holder AND #status = :heldStatus',
  values: { ':holder': owner, ':heldStatus': status },
})

async function underLease(change: Promise<ImageRecord | undefined>): Promise<ImageRecord> {
  const record = await change
  if (!record) throw new LeaseLost('Another worker took over the lease.')
  return record
}
