import type { Test } from 'tap'
import {
  beforeUpdates,
  type CatalogStore,
  claimed,
  finishedAs,
  leaseMs,
  openCatalog,
  owedBy,
  readyResult,
  registerAndClaim,
  someUpload,
} from './catalog-contract-store.ts'

export async function testLeases(t: Test, store: CatalogStore): Promise<void> {
  await t.test('of 20 workers at once, one gets the image', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) => catalog.claim(record, `worker-${index}`, leaseMs)),
    )
    const winners = claims.filter(({ outcome }) => outcome === 'claimed')
    t.equal(winners.length, 1)
    t.equal(claims.filter(({ outcome }) => outcome === 'busy').length, 19)
    const stored = await catalog.find(record.tenant, record.imageId)
    t.strictSame(winners[0], { outcome: 'claimed', record: stored })
    t.match(stored, { status: 'processing', attempts: 1, leaseUntil: clock.now + leaseMs })
  })

  await t.test('a lease holds to its last millisecond, and can be taken over after it', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'first')
    t.strictSame(await catalog.claim(held, 'first', leaseMs), { outcome: 'busy' }, 'not even by its holder')
    clock.now = (held.leaseUntil ?? 0) - 1
    t.strictSame(await catalog.claim(held, 'second', leaseMs), { outcome: 'busy' })
    clock.now += 1
    const taken = claimed(await catalog.claim(held, 'second', leaseMs))
    t.match(taken, { leaseOwner: 'second', leaseUntil: clock.now + leaseMs, attempts: 2 })
  })

  await t.test('of 20 workers who see a lease that is over, one takes it', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'killed')
    clock.now = held.leaseUntil ?? 0
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) => catalog.claim(held, `worker-${index}`, leaseMs)),
    )
    t.equal(claims.filter(({ outcome }) => outcome === 'claimed').length, 1)
    t.equal((await catalog.find(held.tenant, held.imageId))?.attempts, 2)
  })

  await t.test('a finished record that owes its event can be claimed when the lease is over', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'killed')
    await catalog.finish(held, 'killed', readyResult, owedBy(held))
    t.strictSame(await catalog.claim(held, 'next', leaseMs), { outcome: 'busy' })
    clock.now = held.leaseUntil ?? 0
    const taken = claimed(await catalog.claim(held, 'next', leaseMs))
    t.match(taken, { status: 'ready', leaseOwner: 'next', attempts: 2, pendingEvents: [owedBy(held)] })
    await catalog.completeLease(finishedAs(taken), 'next')
    t.equal((await catalog.claim(held, 'third', leaseMs)).outcome, 'finished')
  })

  await t.test('a finished record that owes nothing is finished for everybody', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    await catalog.finish(held, 'worker', readyResult, owedBy(held))
    await catalog.completeLease(finishedAs(held), 'worker')
    const record = await catalog.find(held.tenant, held.imageId)
    t.strictSame(await catalog.claim(held, 'other', leaseMs), { outcome: 'finished', record })
    clock.now = held.leaseUntil ?? 0
    t.strictSame(await catalog.claim(held, 'other', leaseMs), { outcome: 'finished', record })
  })

  await t.test(
    'who looked before the event was settled, and takes the lease after, gets nothing',
    async (t) => {
      const { catalog, clock } = openCatalog(store)
      const held = await registerAndClaim(catalog, 'slow')
      await catalog.finish(held, 'slow', readyResult, owedBy(held))
      clock.now = held.leaseUntil ?? 0
      const { catalog: overtaken } = openCatalog(
        beforeUpdates(store, () => catalog.completeLease(finishedAs(held), 'slow')),
        clock,
      )
      t.strictSame(await overtaken.claim(held, 'other', leaseMs), { outcome: 'busy' })
      t.equal((await catalog.claim(held, 'other', leaseMs)).outcome, 'finished')
    },
  )
}
