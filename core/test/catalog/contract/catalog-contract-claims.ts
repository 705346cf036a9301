import type { Test } from 'tap'
import { LeaseLost } from '../../../errors.ts'
import {
  type CatalogStore,
  claimed,
  finishedAs,
  leaseMs,
  openCatalog,
  owedBy,
  readItem,
  readyResult,
  registerAndClaim,
  rejectedResult,
  someUpload,
} from './catalog-contract-store.ts'

export async function testWorking(t: Test, store: CatalogStore): Promise<void> {
  for (const result of [readyResult, rejectedResult]) {
    await t.test(
      `finish writes ${result.status} and what it owes at once; settle strikes it off`,
      async (t) => {
        const { catalog, clock } = openCatalog(store)
        const held = await registerAndClaim(catalog, 'worker')
        clock.now += 1_500
        await catalog.finish(held, 'worker', result, owedBy(held))
        const finishedAt = new Date(clock.now).toISOString()
        const finished = { ...held, ...result, finishedAt, pendingEvents: [owedBy(held)] }
        t.strictSame(await catalog.find(held.tenant, held.imageId), finished)

        await catalog.completeLease(finishedAs(held, result), 'worker')
        const { pendingEvents: _, leaseOwner: __, leaseUntil: ___, ...settled } = finished
        t.strictSame(await catalog.find(held.tenant, held.imageId), settled)
        const item = await readItem(store, held)
        t.ok(item, 'the stored item is read')
        for (const name of ['owedEvents', 'leaseOwner', 'leaseUntil']) t.notOk(name in (item ?? {}), name)
      },
    )
  }

  await t.test('what is undefined deep inside is absent too', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    const owed = owedBy(held)
    await catalog.finish(held, 'worker', readyResult, { ...owed, data: { ...owed.data, reason: undefined } })
    const item = await readItem(store, held)
    t.strictSame(
      Object.keys(item?.owedEvents?.L?.[0]?.M?.data?.M ?? {}).sort(),
      Object.keys(owed.data).sort(),
    )
  })

  await t.test('release gives an image back as it was before', async (t) => {
    const { catalog } = openCatalog(store)
    const { record: before } = await catalog.register(someUpload())
    const held = claimed(await catalog.claim(before, 'worker', leaseMs))
    await catalog.release(held, 'worker')
    t.strictSame(await catalog.find(before.tenant, before.imageId), before)
    t.equal(claimed(await catalog.claim(before, 'next', leaseMs)).attempts, 1, 'free at once')
  })

  await t.test('release may count the attempt', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    await catalog.release(held, 'worker', { attemptCounts: true })
    t.match(await catalog.find(held.tenant, held.imageId), { status: 'pending', attempts: 1 })
    t.equal(claimed(await catalog.claim(held, 'next', leaseMs)).attempts, 2, 'free at once')
  })

  await t.test('release of a record that owes its event keeps its status and the event', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'killed')
    await catalog.finish(held, 'killed', readyResult, owedBy(held))
    clock.now = held.leaseUntil ?? 0
    const taken = claimed(await catalog.claim(held, 'next', leaseMs))
    t.equal(taken.startedAt, held.startedAt, 'whoever began first')
    await catalog.release(taken, 'next')
    t.match(await catalog.find(held.tenant, held.imageId), { status: 'ready', attempts: 1 })
    const again = claimed(await catalog.claim(held, 'third', leaseMs))
    t.strictSame(again.pendingEvents, [owedBy(held)], 'free at once')
  })

  await t.test('who has lost the lease can change nothing more', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const lost = await registerAndClaim(catalog, 'slow')
    clock.now = lost.leaseUntil ?? 0
    const taken = claimed(await catalog.claim(lost, 'next', leaseMs))
    await t.rejects(catalog.finish(lost, 'slow', readyResult, owedBy(lost)), LeaseLost)
    await t.rejects(catalog.release(lost, 'slow'), LeaseLost)
    t.strictSame(await catalog.find(lost.tenant, lost.imageId), taken)

    await catalog.finish(taken, 'next', rejectedResult, owedBy(taken))
    await t.rejects(catalog.completeLease(finishedAs(lost, rejectedResult), 'slow'), LeaseLost)
    await t.rejects(catalog.finish(lost, 'slow', readyResult, owedBy(lost)), LeaseLost)
    t.match(await catalog.find(lost.tenant, lost.imageId), {
      ...rejectedResult,
      pendingEvents: [owedBy(taken)],
    })
  })

  await t.test('who is late but has lost nothing may still finish', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'slow')
    clock.now = (held.leaseUntil ?? 0) + 1
    await catalog.finish(held, 'slow', readyResult, owedBy(held))
    t.match(await catalog.find(held.tenant, held.imageId), { status: 'ready' })
  })

  await t.test('an image is finished once, settled once and released once', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    await t.rejects(catalog.completeLease(finishedAs(held), 'worker'), LeaseLost, 'not before it is finished')
    await catalog.finish(held, 'worker', readyResult, owedBy(held))
    await t.rejects(catalog.finish(held, 'worker', rejectedResult, owedBy(held)), LeaseLost)
    await t.rejects(
      catalog.completeLease(finishedAs(held, rejectedResult), 'worker'),
      LeaseLost,
      'not with another verdict',
    )
    await catalog.completeLease(finishedAs(held), 'worker')
    await t.rejects(catalog.completeLease(finishedAs(held), 'worker'), LeaseLost)
    t.match(await catalog.find(held.tenant, held.imageId), { status: 'ready', attempts: 1 })

    const other = await registerAndClaim(catalog, 'worker')
    await catalog.release(other, 'worker')
    await t.rejects(catalog.release(other, 'worker'), LeaseLost)
    t.match(await catalog.find(other.tenant, other.imageId), { status: 'pending', attempts: 0 })
  })

  await t.test('the table answers', async (t) => {
    await t.resolves(openCatalog(store).catalog.ping())
  })
}
