import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Test } from 'tap'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { ImageResult } from '../../../catalog/image-result.ts'
import { imageEvent, topics } from '../../../events/image-events.ts'
import { type ImageRecord, withNextSequence } from '../../../images/image-record.ts'
import {
  type CatalogStore,
  claimed,
  leaseMs,
  openCatalog,
  readyResult,
  rejectedResult,
  someUpload,
} from './catalog-contract-store.ts'

const options = { source: '/hashgate/test', nowMs: 0 }
const finishedEvent = (held: ImageRecord, { status }: ImageResult) =>
  imageEvent(status === 'ready' ? topics.processed : topics.rejected, withNextSequence(held), options)

async function finish(catalog: Catalog, held: ImageRecord, result: ImageResult): Promise<ImageRecord> {
  const finished = await catalog.finish(held, 'worker', result, finishedEvent(held, result))
  await catalog.completeLease(finished, 'worker')
  return finished
}

const failed = (reason: 'format_mismatch' | 'processing_failed') =>
  ({ status: 'rejected', rejection: { reason, detail: 'It is not accepted.' } }) as const

/** The `sequence` of a record and of its events. */
export async function testSequence(t: Test, store: CatalogStore): Promise<void> {
  await t.test('each change of the status raises the sequence, and nothing else does', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const request = someUpload()
    const { record } = await catalog.register(request)
    t.equal(record.sequence, 1, 'new')
    t.equal((await catalog.register({ ...request, fileName: 'a.png' })).record.sequence, 1, 'declared again')

    const first = claimed(await catalog.claim(record, 'first', leaseMs))
    t.equal(first.sequence, 2, 'processing')
    await catalog.release(first, 'first')
    t.equal((await catalog.find(record.tenant, record.imageId))?.sequence, 3, 'pending again')

    const killed = claimed(await catalog.claim(record, 'killed', leaseMs))
    clock.now = killed.leaseUntil ?? 0
    const held = claimed(await catalog.claim(record, 'worker', leaseMs))
    t.strictSame([killed.sequence, held.sequence], [4, 4], 'processing by another worker')

    const finished = await finish(catalog, held, readyResult)
    t.equal(finished.sequence, 5, 'ready')
    t.equal(finished.pendingEvents?.[0]?.data.sequence, 5, 'the event has the number of the record')
    await catalog.countDuplicate(finished)
    t.equal((await catalog.find(record.tenant, record.imageId))?.sequence, 5)

    const again = claimed(await catalog.claimForReprocess(record, 'worker', leaseMs, 'newer'))
    t.equal(again.sequence, 5, 'ready while it is reprocessed')
    const event = imageEvent(topics.reprocessed, withNextSequence(again), options)
    const remade = await catalog.completeReprocess(
      again,
      'worker',
      { ...readyResult, recipe: 'newer' },
      event,
    )
    t.strictSame([remade.sequence, remade.pendingEvents?.[0]?.data.sequence], [6, 6], 'reprocessed')
  })

  await t.test('a rejected image that is uploaded or processed again continues its sequence', async (t) => {
    const { catalog } = openCatalog(store)
    const request = someUpload()
    const { record } = await catalog.register(request)
    const mismatched = await finish(
      catalog,
      claimed(await catalog.claim(record, 'worker', leaseMs)),
      failed('format_mismatch'),
    )
    t.equal(mismatched.sequence, 3)
    const redeclared = await catalog.register({ ...request, contentType: 'image/jpeg' })
    t.match(redeclared.record, { status: 'pending', generation: `${record.generation}-2`, sequence: 4 })

    const held = claimed(await catalog.claim(redeclared.record, 'worker', leaseMs))
    t.equal((await finish(catalog, held, failed('processing_failed'))).sequence, 6)
    t.equal(await catalog.reopen(held), true)
    t.match(await catalog.find(record.tenant, record.imageId), { status: 'pending', sequence: 7 })
  })

  await t.test('of concurrent changes, each raises the sequence once', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    // Each worker claims from the possibly outdated state that it has read, and releases the image.
    for (let round = 0; round < 3; round += 1) {
      const claims = await Promise.all(
        ['a', 'b', 'c'].map(async (owner) => ({ owner, claim: await catalog.claim(record, owner, leaseMs) })),
      )
      for (const { owner, claim } of claims)
        if (claim.outcome === 'claimed') await catalog.release(claim.record, owner)
    }
    const stored = await catalog.find(record.tenant, record.imageId)
    t.equal(stored?.sequence, 1 + 3 * 2)
  })

  await t.test('a record of an earlier version counts from 1', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await store.documents.send(
      new UpdateCommand({
        TableName: store.tableName,
        Key: { pk: `${record.tenant}#${record.imageId}` },
        UpdateExpression: 'REMOVE #sequence',
        ExpressionAttributeNames: { '#sequence': 'sequence' },
      }),
    )
    const old = await catalog.find(record.tenant, record.imageId)
    t.notOk('sequence' in (old ?? {}))
    t.equal(imageEvent(topics.uploadRequested, old ?? record, options).data.sequence, 1)
    const held = claimed(await catalog.claim(record, 'worker', leaseMs))
    t.equal(held.sequence, 2)
    t.equal((await finish(catalog, held, rejectedResult)).sequence, 3)
  })

  await t.test('a new record after expiry starts at 1, with a later generation', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const request = someUpload()
    const { record } = await catalog.register(request)
    await finish(catalog, claimed(await catalog.claim(record, 'worker', leaseMs)), readyResult)
    clock.now = record.expiresAt * 1000
    const { created, record: next } = await catalog.register(request)
    t.strictSame([created, next.sequence], [true, 1])
    t.ok(next.generation > record.generation)
  })
}
