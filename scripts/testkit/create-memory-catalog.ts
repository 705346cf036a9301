import { type ImageRecord, isFinal, newRecord, type UploadRequest } from '../../core/images/image-record.ts'
import { type ImageRef, rawKey } from '../../core/images/object-key.ts'
import type { ProcessorDeps } from '../../processor/pipeline/stages.ts'

/** An in-memory catalog for one worker, which never loses a lease. Use `createTestProcessor` to test leases. */
export function createMemoryCatalog(now: () => number) {
  const records = new Map<string, ImageRecord>()

  function change(image: ImageRef, changes: Partial<ImageRecord>): ImageRecord {
    const seen = records.get(rawKey(image))
    if (!seen) throw new Error('the image is not registered')
    const record = { ...seen, ...changes }
    records.set(rawKey(image), record)
    return record
  }

  function register(request: UploadRequest): ImageRecord {
    const record = newRecord(request, now(), 604_800)
    records.set(rawKey(record), record)
    return record
  }

  const neverAsked = () => {
    throw new Error('this catalog does not support reprocessing')
  }
  const catalog: ProcessorDeps['catalog'] = {
    async find(tenant, imageId) {
      return [...records.values()].find((one) => one.tenant === tenant && one.imageId === imageId)
    },
    async claim(image, leaseOwner, leaseMs) {
      const record = records.get(rawKey(image))
      if (!record) return { outcome: 'gone' }
      if (isFinal(record)) return { outcome: 'finished', record }
      const lease = { leaseOwner, leaseUntil: now() + leaseMs }
      const attempts = record.attempts + 1
      return { outcome: 'claimed', record: change(image, { status: 'processing', ...lease, attempts }) }
    },
    async finish(image, _owner, result, event) {
      const finishedAt = new Date(now()).toISOString()
      const { sequence } = event.data
      return change(image, { ...result, finishedAt, sequence, pendingEvents: [event] })
    },
    claimForReprocess: neverAsked,
    completeReprocess: neverAsked,
    async completeLease(image) {
      change(image, { leaseOwner: undefined, pendingEvents: undefined })
    },
    async handOffToRelay(image) {
      change(image, { leaseOwner: undefined })
    },
    async release(image) {
      change(image, { status: 'pending', leaseOwner: undefined })
    },
  }
  return { ...catalog, records, register }
}
