import type { Bucket } from '../../core/aws/bucket.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { DependencyUnavailable } from '../../core/errors.ts'
import { type ImageRecord, isFinal } from '../../core/images/image-record.ts'
import { type ImageRef, rawKey } from '../../core/images/object-key.ts'

interface ReconcileDeps {
  catalog: Pick<Catalog, 'find' | 'listUnfinished' | 'postponeCheck' | 'endChecks'>
  rawBucket: Pick<Bucket, 'head'>
  /** Epoch milliseconds. */
  now: () => number
}

/**
 * @param processOne works on one image, as a trigger would; what it throws leaves the image to the next round
 * @param isOver whether to leave all that is still to come to the next round
 */
export type Reconcile = (
  processOne: (image: ImageRef) => Promise<unknown>,
  isOver?: () => boolean,
) => Promise<void>

const minCheckIntervalMs = 60_000
const lastCheckBeforeEndMs = 3_600_000

/**
 * Looks after the images that should be finished by now: a trigger may have been lost, or its worker killed. Each one that
 * has its bytes and no living worker is processed; the others are looked at again, ever more rarely, until their life
 * is over.
 *
 * The returned function throws DependencyUnavailable (the next round can do better) when the bucket or the catalog is
 * away.
 */
export function createReconcile({ catalog, rawBucket, now }: ReconcileDeps): Reconcile {
  return async function reconcile(processOne, isOver = () => false) {
    const failures: unknown[] = []
    for await (const images of catalog.listUnfinished()) {
      const ends = await Promise.allSettled(images.map((image) => check(image, processOne)))
      failures.push(...ends.filter((end) => end.status === 'rejected').map(({ reason }) => reason))
      if (isOver()) break
    }
    // At the end: an image that cannot be read must not hold up the others.
    const away = failures.find((reason) => reason instanceof DependencyUnavailable)
    if (away) throw away
  }

  async function check(image: ImageRef, processOne: (image: ImageRef) => Promise<unknown>): Promise<void> {
    const record = await catalog.find(image.tenant, image.imageId)
    if (record?.generation !== image.generation || isOver(record)) return catalog.endChecks(image)
    if (record.status === 'pending' && !(await rawBucket.head(rawKey(image)))) return postpone(record)
    await processOne(image)
  }

  /** The older the record, the less likely its bytes: the pauses double. The last look is an hour before its end. */
  function postpone(record: ImageRecord): Promise<void> {
    const ageMs = now() - Date.parse(record.createdAt)
    const next = now() + Math.max(ageMs, minCheckIntervalMs)
    const last = record.expiresAt * 1_000 - lastCheckBeforeEndMs
    return catalog.postponeCheck(record, now() < last ? Math.min(next, last) : next)
  }
}

function isOver(record: ImageRecord): boolean {
  return isFinal(record) && !record.pendingEvents
}
