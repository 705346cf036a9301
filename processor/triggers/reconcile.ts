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
 * @param processOne processes one image as a trigger would; an error leaves the image to the next run
 * @param isOver whether to leave the remaining images to the next run
 */
export type Reconcile = (
  processOne: (image: ImageRef) => Promise<unknown>,
  isOver?: () => boolean,
) => Promise<void>

const promptStarts = 5
const maxPauseMs = 3_600_000
const minCheckIntervalMs = 60_000
const lastCheckBeforeEndMs = 3_600_000

/**
 * Processes images that should be finished by now but are not, because a trigger was lost or a worker was killed. An image that is
 * not uploaded yet is checked again at growing intervals until it expires.
 *
 * The returned function throws DependencyUnavailable (the next run can succeed) when the bucket or the catalog is unavailable.
 */
export function createReconcile({ catalog, rawBucket, now }: ReconcileDeps): Reconcile {
  return async function reconcile(processOne, isOver = () => false) {
    const failures: unknown[] = []
    for await (const images of catalog.listUnfinished()) {
      const results = await Promise.allSettled(images.map((image) => check(image, processOne)))
      failures.push(...results.filter((result) => result.status === 'rejected').map(({ reason }) => reason))
      if (isOver()) break
    }
    // Thrown last, so that one image does not block the others.
    const unavailable = failures.find((reason) => reason instanceof DependencyUnavailable)
    if (unavailable) throw unavailable
  }

  async function check(image: ImageRef, processOne: (image: ImageRef) => Promise<unknown>): Promise<void> {
    const record = await catalog.find(image.tenant, image.imageId)
    if (record?.generation !== image.generation || isComplete(record)) return catalog.endChecks(image)
    if (record.status === 'pending' && !(await rawBucket.head(rawKey(image)))) return postpone(record)
    const pauseUntil = pauseAfterFailures(record)
    if (pauseUntil > now()) return catalog.postponeCheck(image, pauseUntil)
    await processOne(image)
  }

  /** The interval doubles with the age of the record. The last check is one hour before it expires. */
  function postpone(record: ImageRecord): Promise<void> {
    const ageMs = now() - Date.parse(record.createdAt)
    const next = now() + Math.max(ageMs, minCheckIntervalMs)
    const last = record.expiresAt * 1_000 - lastCheckBeforeEndMs
    return catalog.postponeCheck(record, now() < last ? Math.min(next, last) : next)
  }
}

/**
 * The earliest next start of an image whose starts keep ending without a result, in epoch milliseconds. The pause doubles, because it
 * may crash its process each time.
 */
function pauseAfterFailures(record: ImageRecord): number {
  const { attempts, leaseUntil = 0 } = record
  if (isFinal(record) || attempts <= promptStarts) return 0
  return leaseUntil + Math.min(60_000 * 2 ** (attempts - promptStarts), maxPauseMs)
}

function isComplete(record: ImageRecord): boolean {
  return isFinal(record) && !record.pendingEvents
}
