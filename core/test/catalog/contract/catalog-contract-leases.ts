import type { Test } from 'tap'
import {
  beforeUpdates,
  type CatalogStore,
  claimed,
  finishedAs,
  leaseMs,
  openCatalog,
  processedEvent,
  readyResult,
  registerAndClaim,
  someUpload,
} from './catalog-contract-store.ts'

export async function testLeases(t: Test, store: CatalogStore): Promise<void> {
  await t.test('of 20 concurrent claims, one succeeds', async (t) => {
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

  await t.test('a lease is valid to its last millisecond and can be taken over afterwards', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'first')
    t.strictSame(await catalog.claim(held, 'first', leaseMs), { outcome: 'busy' }, 'not even by its holder')
    clock.now = (held.leaseUntil ?? 0) - 1
    t.strictSame(await catalog.claim(held, 'second', leaseMs), { outcome: 'busy' })
    clock.now += 1
    const taken = claimed(await catalog.claim(held, 'second', leaseMs))
    t.match(taken, { leaseOwner: 'second', leaseUntil: clock.now + leaseMs, attempts: 2 })
  })

  await t.test('of 20 concurrent claims of an expired lease, one succeeds', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'killed')
    clock.now = held.leaseUntil ?? 0
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) => catalog.claim(held, `worker-${index}`, leaseMs)),
    )
    t.equal(claims.filter(({ outcome }) => outcome === 'claimed').length, 1)
    t.equal((await catalog.find(held.tenant, held.imageId))?.attempts, 2)
  })

  await t.test(
    'a finished record with a pending event can be claimed when the lease has expired',
    async (t) => {
      const { catalog, clock } = openCatalog(store)
      const held = await registerAndClaim(catalog, 'killed')
      await catalog.finish(held, 'killed', readyResult, processedEvent(held))
      t.strictSame(await catalog.claim(held, 'next', leaseMs), { outcome: 'busy' })
      clock.now = held.leaseUntil ?? 0
      const taken = claimed(await catalog.claim(held, 'next', leaseMs))
      t.match(taken, {
        status: 'ready',
        leaseOwner: 'next',
        attempts: 2,
        pendingEvents: [processedEvent(held)],
      })
      await catalog.completeLease(finishedAs(taken), 'next')
      t.equal((await catalog.claim(held, 'third', leaseMs)).outcome, 'finished')
    },
  )

  await t.test(
    'every claim of a finished record without pending events has the outcome "finished"',
    async (t) => {
      const { catalog, clock } = openCatalog(store)
      const held = await registerAndClaim(catalog, 'worker')
      await catalog.finish(held, 'worker', readyResult, processedEvent(held))
      await catalog.completeLease(finishedAs(held), 'worker')
      const record = await catalog.find(held.tenant, held.imageId)
      t.strictSame(await catalog.claim(held, 'other', leaseMs), { outcome: 'finished', record })
      clock.now = held.leaseUntil ?? 0
      t.strictSame(await catalog.claim(held, 'other', leaseMs), { outcome: 'finished', record })
    },
  )

  await t.test('a claim that read the record before the lease was completed fails', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'slow')
    await catalog.finish(held, 'slow', readyResult, processedEvent(held))
    clock.now = held.leaseUntil ?? 0
    const { catalog: overtaken } = openCatalog(
      beforeUpdates(store, () => catalog.completeLease(finishedAs(held), 'slow')),
      clock,
    )
    t.strictSame(await overtaken.claim(held, 'other', leaseMs), { outcome: 'busy' })
    t.equal((await catalog.claim(held, 'other', leaseMs)).outcome, 'finished')
  })
}
