import { test } from 'tap'
import { DependencyUnavailable, LeaseLost } from '../../../core/errors.ts'
import { newRecord } from '../../../core/images/image-record.ts'
import { createStepDeps } from '../../../scripts/testkit/create-step-deps.ts'
import { storeObject } from '../../pipeline/store-object.ts'

const key = 'local/ab/20261122/f00d/thumb.webp'
const [bytes, others] = [Buffer.from('these'), Buffer.from('other')]
const object = { key, bytes, contentType: 'image/webp' }
const request = { tenant: 'local', imageId: 'ab', byteLength: 5, contentType: 'image/png' } as const
const record = newRecord(request, Date.UTC(2026, 10, 22), 604_800)
const held = { record, owner: 'holder' }

/** @param leaseOwner the holder of the lease at the time of the check */
function setUp(leaseOwner: string) {
  const { deps, processedBucket } = createStepDeps()
  const catalog = { ...deps.catalog, find: async () => ({ ...record, leaseOwner }) }
  return { deps: { ...deps, catalog }, processedBucket }
}

test('an object with the same bytes is not written again, not even by a worker that lost its lease', async (t) => {
  const { deps, processedBucket } = setUp('another')
  await storeObject(object, held, deps)
  await storeObject(object, held, deps)
  t.strictSame(processedBucket.writes, [key])
})

test('only the holder of the lease replaces other bytes', async (t) => {
  const { deps, processedBucket } = setUp('another')
  await storeObject({ ...object, bytes: others }, held, deps)
  await t.rejects(storeObject(object, held, deps), LeaseLost)
  t.strictSame(processedBucket.objects.get(key)?.bytes, others)

  await storeObject(object, { record, owner: 'another' }, deps)
  t.strictSame(processedBucket.objects.get(key)?.bytes, bytes)
})

test('an object without a stored checksum is replaced', async (t) => {
  const { deps, processedBucket } = setUp('holder')
  processedBucket.objects.set(key, { bytes: others, contentType: 'image/webp' })
  const sha256 = await storeObject(object, held, deps)
  t.match(processedBucket.objects.get(key), { bytes, sha256 })
})

test('a replacement that another writer overtakes is retried later and changes nothing', async (t) => {
  const { deps, processedBucket } = setUp('holder')
  processedBucket.objects.set(key, { bytes: others, contentType: 'image/webp' })
  const head: typeof processedBucket.head = async (...request) => {
    const found = await processedBucket.head(...request)
    processedBucket.objects.set(key, { bytes: Buffer.from('newer'), contentType: 'image/webp' })
    return found
  }
  const overtaken = { ...deps, processedBucket: { ...processedBucket, head } }
  await t.rejects(storeObject(object, held, overtaken), DependencyUnavailable)
  t.equal(String(processedBucket.objects.get(key)?.bytes), 'newer')
})

test('no write starts after the deadline', async (t) => {
  const { deps, processedBucket } = setUp('holder')
  const limits = { ...deps.limits, signal: AbortSignal.abort() }
  await t.rejects(storeObject(object, held, { ...deps, limits }))
  t.equal(processedBucket.objects.size, 0)
})
