import type { Test } from 'tap'
import type { Catalog } from '../../../catalog/catalog.ts'
import { LeaseLost, type RejectionReason } from '../../../errors.ts'
import { imageEvent, topics } from '../../../events/image-events.ts'
import { type ImageRecord, withNextSequence } from '../../../images/image-record.ts'
import {
  beforeUpdates,
  type CatalogStore,
  claimed,
  leaseMs,
  openCatalog,
  readItem,
  registerAndClaim,
} from './catalog-contract-store.ts'

const other = { byteLength: 1_234, contentType: 'image/jpeg' } as const

/** Upload requests for images that were rejected. */
export async function testRedeclaring(t: Test, store: CatalogStore): Promise<void> {
  await t.test('a rejected image of another declared type is pending again, under a new key', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { rejected } = await reject(catalog, 'format_mismatch')
    clock.now += 3 * 86_400_000
    const { created, record } = await catalog.register({ ...idOf(rejected), ...other, fileName: 'a.jpg' })
    t.equal(created, false)
    const { tenant, imageId, createdAt, expiresAt } = rejected
    t.strictSame(
      record,
      {
        ...{ tenant, imageId, createdAt, expiresAt, ...other, fileName: 'a.jpg' },
        ...{ status: 'pending', sequence: 4, attempts: 0, generation: `${rejected.generation}-2` },
      },
      'its lifetime is unchanged, and the rejection is removed',
    )
    t.strictSame(await catalog.find(tenant, imageId), record)
    const item = await readItem(store, record)
    t.equal(item?.checkAt?.N, String(clock.now + 300_000), 'the reconciler checks it later')
    t.notOk('owingShard' in (item ?? {}), 'no event is pending')
    t.strictSame(
      await catalog.claim(rejected, 'late', leaseMs),
      { outcome: 'gone' },
      'for triggers of the old upload',
    )

    const again = claimed(await catalog.claim(record, 'worker', leaseMs))
    await finish(catalog, again, 'format_mismatch')
    const third = await catalog.register({ ...idOf(record), byteLength: 7, contentType: 'image/jpeg' })
    t.match(third.record, { status: 'pending', generation: `${rejected.generation}-3`, byteLength: 7 })
  })

  await t.test('whether a rejected image can be uploaded again depends on the reason', async (t) => {
    const { catalog } = openCatalog(store)
    const same = ({ byteLength, contentType }: ImageRecord) => ({ byteLength, contentType })
    const expected = async (reason: RejectionReason, declared: typeof same, status: string) => {
      const { rejected } = await reject(catalog, reason)
      const { record } = await catalog.register({ ...idOf(rejected), ...declared(rejected) })
      t.equal(record.status, status, reason)
      if (status === 'rejected') t.strictSame(record, rejected, 'nothing changes')
    }
    await expected('format_mismatch', same, 'rejected')
    await expected('format_mismatch', () => other, 'pending')
    await expected('checksum_mismatch', same, 'pending')
    for (const reason of ['image_corrupt', 'format_unsupported', 'processing_failed'] as const)
      await expected(reason, () => other, 'rejected')
  })

  await t.test('a rejection that is not published yet stays in the outbox', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    const finished = await finish(catalog, held, 'format_mismatch', 'not published')
    const { record } = await catalog.register({ ...idOf(held), ...other })
    t.match(record, { status: 'pending', pendingEvents: finished.pendingEvents })
    t.notOk('leaseOwner' in record)
    await t.rejects(
      catalog.completeLease(finished, 'worker'),
      LeaseLost,
      'its worker cannot complete the lease',
    )

    const requested = imageEvent(topics.uploadRequested, record, { source: '/hashgate/test', nowMs: 0 })
    await catalog.outbox.enqueue(record, requested)
    const locked = await catalog.outbox.lock(record, 'relay', leaseMs)
    t.strictSame(locked?.pendingEvents, [...(finished.pendingEvents ?? []), requested])
    t.equal(locked && (await catalog.outbox.markPublished(locked, 'relay')), true)
    t.notOk('owingShard' in ((await readItem(store, record)) ?? {}))
  })

  await t.test('a rejection that is published meanwhile is not published again', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    const finished = await finish(catalog, held, 'format_mismatch', 'not published')
    let isDone = false
    const publishOnce = async () => {
      if (!isDone) await catalog.completeLease(finished, 'worker')
      isDone = true
    }
    const { catalog: overtaken } = openCatalog(beforeUpdates(store, publishOnce), clock)
    const { record } = await overtaken.register({ ...idOf(held), ...other })
    t.equal(record.status, 'pending')
    t.notOk('pendingEvents' in record)
    t.notOk('owingShard' in ((await readItem(store, record)) ?? {}))
  })

  await t.test('concurrent declarations make a rejected image pending once', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { rejected } = await reject(catalog, 'format_mismatch')
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        openCatalog(store, clock).catalog.register({ ...idOf(rejected), ...other }),
      ),
    )
    for (const { record } of results) t.strictSame(record, results[0]?.record)
    t.equal(results[0]?.record.generation, `${rejected.generation}-2`)
  })

  await t.test('the final record has the length and type of the stored object', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    const stored = { byteLength: 99, contentType: 'image/webp' } as const
    const rejection = { reason: 'image_corrupt', detail: 'It is cut off.' } as const
    const event = imageEvent(topics.rejected, held, { source: '/hashgate/test', nowMs: 0 })
    const finished = await catalog.finish(held, 'worker', { status: 'rejected', rejection, ...stored }, event)
    t.match(finished, stored)
    t.strictSame(await catalog.find(held.tenant, held.imageId), finished)
  })
}

const idOf = ({ tenant, imageId }: ImageRecord) => ({ tenant, imageId })

async function reject(catalog: Catalog, reason: RejectionReason): Promise<{ rejected: ImageRecord }> {
  const held = await registerAndClaim(catalog, 'worker')
  await finish(catalog, held, reason)
  const rejected = await catalog.find(held.tenant, held.imageId)
  if (!rejected) throw new Error('the record is missing')
  return { rejected }
}

/** Rejects an image that `worker` holds, and publishes the event. */
async function finish(
  catalog: Catalog,
  held: ImageRecord,
  reason: RejectionReason,
  published: 'published' | 'not published' = 'published',
): Promise<ImageRecord> {
  const changed = withNextSequence(held)
  const event = imageEvent(topics.rejected, changed, { source: '/hashgate/test', nowMs: 0, reason })
  const result = { status: 'rejected', rejection: { reason, detail: 'It is not accepted.' } } as const
  const finished = await catalog.finish(held, 'worker', result, event)
  if (published === 'published') await catalog.completeLease(finished, 'worker')
  return finished
}
