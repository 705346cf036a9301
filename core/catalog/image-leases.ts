import { LeaseLost, type RejectionReason } from '../errors.ts'
import type { ImageEvent } from '../images/image-event.ts'
import { type ImageRecord, isFinal, type ProcessedImage } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import { type ImageTable, ifAlive } from './image-table.ts'
import { outboxAttributes, pendingUnchanged } from './outbox.ts'
import { attributeNames, indexEntry, sparseIndexes } from './sparse-indexes.ts'

/** The result of trying to take the lease of an image. */
export type Claim =
  | { outcome: 'claimed'; record: ImageRecord }
  /** Nothing to do: the image is processed and its events are published. */
  | { outcome: 'finished'; record: ImageRecord }
  /** Another worker holds the lease. */
  | { outcome: 'busy' }
  /** An earlier start ended without a result, so this image must be alone in its process. Nothing was changed. */
  | { outcome: 'must run alone' }
  /** No record, an expired one, or one of another generation: the trigger belongs to an earlier upload. */
  | { outcome: 'gone' }

/** A ready image never has to run alone: reprocessing counts its attempts separately. */
export type ReprocessClaim = Exclude<Claim, { outcome: 'must run alone' }>

/** The circumstances in which a worker starts an image. */
export interface Start {
  /** Whether the process works on no other image meanwhile. */
  alone: boolean
  /** Whether the start counts towards `MAX_ATTEMPTS` if it ends without a result. Only starts that are alone may. */
  counts: boolean
}

export const countedStart: Start = { alone: true, counts: true }

export interface ReadyResult extends Partial<StoredFacts> {
  status: 'ready'
  image: ProcessedImage
  /** The recipe that `image` was made with; see `recipe.ts`. */
  recipe: string
}

export type ImageResult =
  | ReadyResult
  | (Partial<StoredFacts> & { status: 'rejected'; rejection: { reason: RejectionReason; detail: string } })

/** What the record states about the stored original, once it was read. */
export type StoredFacts = Pick<ImageRecord, 'byteLength' | 'contentType'>

type AttemptCounts = Partial<Pick<ImageRecord, 'attempts' | 'aloneAttempts' | 'reprocessAttempts'>>
export type Find = (tenant: string, imageId: string) => Promise<ImageRecord | undefined>

export const leaseAttributes = ['leaseOwner', 'leaseUntil']
/**
 * The attributes to remove when a lease ends for good; the reconciler then stops checking the image. Records that an
 * earlier version reprocessed can have `replacedKeys`.
 */
const workAttributes = [...leaseAttributes, 'replacedKeys', ...attributeNames(sparseIndexes.unfinished)]

/** Leases of images: one worker at a time holds the lease of an image, from the claim until its events are published. */
export function createImageLeases(table: ImageTable, find: Find, now: () => number) {
  /** Takes the lease of an image unless another worker holds an unexpired one. A final record is claimed only for its pending events. */
  async function claim(
    ref: ImageRef,
    owner: string,
    leaseMs: number,
    { alone, counts }: Start = countedStart,
  ): Promise<Claim> {
    const current = await find(ref.tenant, ref.imageId)
    if (current?.generation !== ref.generation) return { outcome: 'gone' }
    if (isFinal(current) && !current.pendingEvents) return { outcome: 'finished', record: current }
    if (isLeased(current)) return { outcome: 'busy' }
    const attempts = current.attempts + 1
    if (isFinal(current)) return takeLease(current, owner, leaseMs, { attempts })
    if (current.attempts > 0 && !alone) return { outcome: 'must run alone' }
    const aloneAttempts = counts ? (current.aloneAttempts ?? 0) + 1 : undefined
    return takeLease(current, owner, leaseMs, { attempts, aloneAttempts })
  }

  /**
   * Takes the lease of a `ready` image that was made with another recipe. Its status stays `ready`. The outcome is `finished` when
   * the image is not ready or already has this recipe.
   */
  async function claimForReprocess(
    ref: ImageRef,
    owner: string,
    leaseMs: number,
    recipe: string,
  ): Promise<ReprocessClaim> {
    const current = await find(ref.tenant, ref.imageId)
    if (current?.generation !== ref.generation) return { outcome: 'gone' }
    if (current.status !== 'ready' || current.recipe === recipe)
      return { outcome: 'finished', record: current }
    // The events of the last processing must be published first, by their worker or by the reconciler.
    if (current.pendingEvents) return { outcome: 'busy' }
    return takeLease(current, owner, leaseMs, { reprocessAttempts: (current.reprocessAttempts ?? 0) + 1 })
  }

  const isLeased = ({ leaseUntil = 0 }: ImageRecord) => leaseUntil > now()

  /** @param counts the attempt counts after this claim */
  async function takeLease(
    current: ImageRecord,
    owner: string,
    leaseMs: number,
    counts: AttemptCounts,
  ): Promise<ReprocessClaim> {
    if (isLeased(current)) return { outcome: 'busy' }
    const pendingCondition = current.pendingEvents
      ? 'attribute_exists(#pendingEvents)'
      : 'attribute_not_exists(#pendingEvents)'
    const reprocessCondition = current.reprocessAttempts
      ? '#reprocessAttempts = :currentReprocessAttempts'
      : 'attribute_not_exists(#reprocessAttempts)'
    const updated = await table.change(current, {
      set: {
        status: isFinal(current) ? current.status : 'processing',
        leaseOwner: owner,
        leaseUntil: now() + leaseMs,
        ...counts,
      },
      setIfAbsent: { startedAt: new Date(now()).toISOString() },
      raiseSequence: current.status === 'pending',
      condition: `#status = :currentStatus AND attempts = :currentAttempts AND ${reprocessCondition}${isFinal(current) ? ` AND ${pendingCondition}` : ''}`,
      values: {
        ':currentStatus': current.status,
        ':currentAttempts': current.attempts,
        ...(current.reprocessAttempts && { ':currentReprocessAttempts': current.reprocessAttempts }),
      },
    })
    const record = ifAlive(updated, now()) ?? (await findOwn(current, owner))
    return record ? { outcome: 'claimed', record } : { outcome: 'busy' }
  }

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
    return underLease(table.change(ref, change).then((record) => record ?? findOwn(ref, owner, isDone)))
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
    return underLease(table.change(held, change).then((record) => record ?? findOwn(held, owner, isDone)))
  }

  /**
   * Makes an image that was rejected as `processing_failed` pending again, with no attempt counted. The reconciler checks it from now on.
   * Returns false, and changes nothing, if it was not, or if its event is not published yet.
   */
  async function reopen(ref: ImageRef): Promise<boolean> {
    const reopened = await table.change(ref, {
      set: { status: 'pending', attempts: 0, ...indexEntry(sparseIndexes.unfinished, ref, now()) },
      raiseSequence: true,
      remove: ['rejection', 'startedAt', 'finishedAt', 'aloneAttempts'],
      condition:
        '#status = :rejected AND #rejection.#reason = :reason AND attribute_not_exists(#pendingEvents)',
      values: { ':rejected': 'rejected', ':reason': 'processing_failed' },
    })
    return reopened !== undefined
  }

  /**
   * Reads the record after a condition failed. When a response was lost, the SDK repeats the write, whose condition then fails
   * because of the first one; in that case the record shows that the write succeeded.
   */
  async function findOwn(
    { tenant, imageId, generation }: ImageRef,
    owner: string,
    isDone: (record: ImageRecord) => boolean = () => true,
  ): Promise<ImageRecord | undefined> {
    const record = await find(tenant, imageId)
    const isOwn = record?.generation === generation && record.leaseOwner === owner
    return isOwn && isDone(record) ? record : undefined
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
    claim,
    claimForReprocess,
    finish,
    completeReprocess,
    completeLease,
    handOffToRelay,
    release,
    reopen,
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
