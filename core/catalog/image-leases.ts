import { LeaseLost, type RejectionReason } from '../errors.ts'
import type { ImageEvent } from '../images/image-event.ts'
import { type ImageRecord, isFinal, type ProcessedImage } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import { type ImageTable, ifAlive } from './image-table.ts'
import { outboxAttributes, pendingUnchanged, pendingValues } from './outbox.ts'
import { attributesOf, entryIn, sparseIndexes } from './sparse-indexes.ts'

/** What became of the wish to work on an image. */
export type Claim =
  | { outcome: 'claimed'; record: ImageRecord }
  /** Final, and nothing is owed: somebody has done it. */
  | { outcome: 'finished'; record: ImageRecord }
  /** Another worker holds the lease. */
  | { outcome: 'busy' }
  /** No record, expired, or of another generation: the trigger speaks of a life that is over. */
  | { outcome: 'gone' }

/** `recipe`: how the image was made. */
export interface ReadyResult {
  status: 'ready'
  image: ProcessedImage
  recipe: string
}

export type ImageResult =
  | ReadyResult
  | { status: 'rejected'; rejection: { reason: RejectionReason; detail: string } }

type Starts = Partial<Pick<ImageRecord, 'attempts' | 'reprocessAttempts'>>
type Find = (tenant: string, imageId: string) => Promise<ImageRecord | undefined>

const leaseAttributes = ['leaseOwner', 'leaseUntil']
/** With the work, the checks of the reconciler are over. */
const workAttributes = [...leaseAttributes, 'replacedKeys', ...attributesOf(sparseIndexes.unfinished)]

/** The work on an image: one worker at a time holds its lease, from the claim until its event is announced. */
export function createImageLeases(table: ImageTable, find: Find, now: () => number) {
  /**
   * Takes the lease of an image for one worker. A lease whose time is over can be taken by anybody.
   * A final record is claimed only when it still owes events.
   */
  async function claim(ref: ImageRef, owner: string, leaseMs: number): Promise<Claim> {
    const seen = await find(ref.tenant, ref.imageId)
    if (seen?.generation !== ref.generation) return { outcome: 'gone' }
    if (isFinal(seen) && !seen.pendingEvents) return { outcome: 'finished', record: seen }
    return take(seen, owner, leaseMs, { attempts: seen.attempts + 1 })
  }

  /**
   * Takes the lease of a `ready` image that another recipe has made, to make it again. It stays `ready`.
   * `finished` says that there is nothing to make again.
   */
  async function claimForReprocess(
    ref: ImageRef,
    owner: string,
    leaseMs: number,
    recipe: string,
  ): Promise<Claim> {
    const seen = await find(ref.tenant, ref.imageId)
    if (seen?.generation !== ref.generation) return { outcome: 'gone' }
    if (seen.status !== 'ready' || seen.recipe === recipe) return { outcome: 'finished', record: seen }
    // Its last end comes first: whoever has it, or the reconciler, announces it.
    if (seen.pendingEvents) return { outcome: 'busy' }
    return take(seen, owner, leaseMs, { reprocessAttempts: (seen.reprocessAttempts ?? 0) + 1 })
  }

  /** @param started the count of starts that grows with this one */
  async function take(seen: ImageRecord, owner: string, leaseMs: number, started: Starts): Promise<Claim> {
    if ((seen.leaseUntil ?? 0) > now()) return { outcome: 'busy' }
    const owed = seen.pendingEvents
      ? 'attribute_exists(#pendingEvents)'
      : 'attribute_not_exists(#pendingEvents)'
    const again = seen.reprocessAttempts
      ? '#reprocessAttempts = :seenAgain'
      : 'attribute_not_exists(#reprocessAttempts)'
    const updated = await table.change(seen, {
      set: {
        status: isFinal(seen) ? seen.status : 'processing',
        leaseOwner: owner,
        leaseUntil: now() + leaseMs,
        ...started,
      },
      setIfAbsent: { startedAt: new Date(now()).toISOString() },
      condition: `#status = :seenStatus AND attempts = :seenAttempts AND ${again}${isFinal(seen) ? ` AND ${owed}` : ''}`,
      values: {
        ':seenStatus': seen.status,
        ':seenAttempts': seen.attempts,
        ...(seen.reprocessAttempts && { ':seenAgain': seen.reprocessAttempts }),
      },
    })
    const record = ifAlive(updated, now()) ?? (await findOwn(seen, owner))
    return record ? { outcome: 'claimed', record } : { outcome: 'busy' }
  }

  /**
   * Writes the final status together with the event that it owes. Returns the record as it is now: it may owe earlier
   * events as well. @throws LeaseLost when the lease was lost
   */
  async function finish(
    ref: ImageRef,
    owner: string,
    result: ImageResult,
    owedEvent: ImageEvent,
  ): Promise<ImageRecord> {
    const finishedAt = new Date(now()).toISOString()
    const set = { ...result, finishedAt }
    const change = { set, append: { pendingEvents: [owedEvent] }, ...heldBy(owner, 'processing') }
    const isDone = (record: ImageRecord) => record.status === result.status
    return underLease(table.change(ref, change).then((record) => record ?? findOwn(ref, owner, isDone)))
  }

  /**
   * Puts what was made again in the place of what was there, once, together with the event that this owes. Until all is
   * announced, the reconciler looks after the image again. @throws LeaseLost
   */
  async function completeReprocess(
    held: ImageRecord,
    owner: string,
    { image, recipe }: ReadyResult,
    owedEvent: ImageEvent,
  ): Promise<ImageRecord> {
    const { condition, values } = heldBy(owner, 'ready')
    const change = {
      set: {
        image,
        recipe,
        reprocessedAt: new Date(now()).toISOString(),
        replacedKeys: keysLeftBehind(held.image, image),
        ...entryIn(sparseIndexes.unfinished, held, held.leaseUntil ?? now()),
      },
      remove: ['reprocessAttempts'],
      append: { pendingEvents: [owedEvent] },
      // The status tells nothing here: a write that comes twice is known by its recipe.
      condition: `${condition} AND (attribute_not_exists(recipe) OR recipe <> :recipe)`,
      values,
    }
    const isDone = (record: ImageRecord) => record.recipe === recipe
    return underLease(table.change(held, change).then((record) => record ?? findOwn(held, owner, isDone)))
  }

  /**
   * The record as this holder has written it: an answer that got lost is asked for again by the SDK, and the repeated
   * write then meets the first one.
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
   * Gives an image back as it was before it was claimed, free for the next; only the attempt may count.
   * @param held the record as the holder knows it: `processing`, or final when only its events are still owed
   * @throws LeaseLost
   */
  async function release(held: ImageRecord, owner: string, { attemptCounts = false } = {}): Promise<void> {
    const uncounted = attemptCounts ? {} : startsBefore(held)
    const set = { status: isFinal(held) ? held.status : 'pending', ...uncounted }
    const remove = [...leaseAttributes, ...absentIn(uncounted)]
    if (!isFinal(held) && !attemptCounts) remove.push('startedAt')
    await underLease(table.change(held, { set, remove, ...heldBy(owner, held.status) }))
  }

  /** All that the final record owes has been published: the work is over. @throws LeaseLost */
  async function completeLease(held: ImageRecord, owner: string): Promise<void> {
    const { condition, values } = heldBy(owner, held.status)
    const remove = [...workAttributes, ...outboxAttributes]
    await underLease(
      table.change(held, {
        remove,
        condition: `${condition} AND (attribute_not_exists(#pendingEvents) OR (${pendingUnchanged}))`,
        values: { ...values, ...pendingValues(held) },
      }),
    )
  }

  /** What the final record owes cannot be published now: a relay will do it. @throws LeaseLost */
  async function handOffToRelay(held: ImageRecord, owner: string): Promise<void> {
    const { condition, values } = heldBy(owner, held.status)
    await underLease(
      table.change(held, {
        setIfAbsent: entryIn(sparseIndexes.outbox, held, now()),
        remove: workAttributes,
        condition: `${condition} AND attribute_exists(#pendingEvents)`,
        values,
      }),
    )
  }

  return { claim, claimForReprocess, finish, completeReprocess, completeLease, handOffToRelay, release }
}

/** The count that a claim has raised, as it was before. While there are starts to make the image again, the last one was such. */
function startsBefore({ attempts, reprocessAttempts }: ImageRecord): Starts {
  return reprocessAttempts
    ? { reprocessAttempts: reprocessAttempts - 1 || undefined }
    : { attempts: attempts - 1 }
}

const absentIn = (fields: object) =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? name : []))

function keysLeftBehind(
  before: ProcessedImage | undefined,
  { variants }: ProcessedImage,
): string[] | undefined {
  const keys = variants.map(({ key }) => key)
  const left = before?.variants.map(({ key }) => key).filter((key) => !keys.includes(key)) ?? []
  return left.length > 0 ? left : undefined
}

/** The write happens only for the holder of the lease. */
const heldBy = (owner: string, status: string) => ({
  condition: 'leaseOwner = :holder AND #status = :heldStatus',
  values: { ':holder': owner, ':heldStatus': status },
})

async function underLease(change: Promise<ImageRecord | undefined>): Promise<ImageRecord> {
  const record = await change
  if (!record) throw new LeaseLost('the lease was taken over by another worker')
  return record
}
