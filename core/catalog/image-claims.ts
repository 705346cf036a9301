import { type ImageRecord, isFinal } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import { type Find, findOwn } from './find-own.ts'
import { type ImageTable, ifAlive } from './image-table.ts'

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
  /** Whether the process works on no other image at the same time. */
  alone: boolean
  /** Whether the start counts towards `MAX_ATTEMPTS` if it ends without a result. Only starts that are alone may. */
  counts: boolean
}

export const countedStart: Start = { alone: true, counts: true }

/** The attempts of an image that a claim counts. */
export type AttemptCounts = Partial<Pick<ImageRecord, 'attempts' | 'aloneAttempts' | 'reprocessAttempts'>>

/** Takes the leases of images. At most one worker at a time holds the lease of an image. */
export function createImageClaims(table: ImageTable, find: Find, now: () => number) {
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
    const record = ifAlive(updated, now()) ?? (await findOwn(find, current, owner))
    return record ? { outcome: 'claimed', record } : { outcome: 'busy' }
  }

  return { claim, claimForReprocess }
}
