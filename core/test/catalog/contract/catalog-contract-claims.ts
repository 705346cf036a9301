import type { Test } from 'tap'
import { LeaseLost } from '../../../errors.ts'
import {
  type CatalogStore,
  claimed,
  finishedAs,
  leaseMs,
  openCatalog,
  processedEvent,
  readItem,
  readyResult,
  registerAndClaim,
  rejectedResult,
  someUpload,
} from './catalog-contract-store.ts'

export async function testClaims(t: Test, store: CatalogStore): Promise<void> {
  for (const result of [readyResult, rejectedResult]) {
    await t.test(
      `finish writes ${result.status} and its event in one write; completeLease removes the event`,
      async (t) => {
        const { catalog, clock } = openCatalog(store)
        const held = await registerAndClaim(catalog, 'worker')
        clock.now += 1_500
        const event = processedEvent(held)
        await catalog.finish(held, 'worker', result, event)
        const finishedAt = new Date(clock.now).toISOString()
        const { sequence } = event.data
        const finished = { ...held, ...result, sequence, finishedAt, pendingEvents: [event] }
        t.strictSame(await catalog.find(held.tenant, held.imageId), finished)

        await catalog.completeLease(finishedAs(held, result), 'worker')
        const { pendingEvents: _, leaseOwner: __, leaseUntil: ___, ...completed } = finished
        t.strictSame(await catalog.find(held.tenant, held.imageId), completed)
        const item = await readItem(store, held)
        t.ok(item, 'the stored item is read')
        for (const name of ['owedEvents', 'leaseOwner', 'leaseUntil']) t.notOk(name in (item ?? {}), name)
      },
    )
  }

  await t.test('nested undefined fields are not written', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    const event = processedEvent(held)
    await catalog.finish(held, 'worker', readyResult, {
      ...event,
      data: { ...event.data, reason: undefined },
    })
    const item = await readItem(store, held)
    t.strictSame(
      Object.keys(item?.owedEvents?.L?.[0]?.M?.data?.M ?? {}).sort(),
      Object.keys(event.data).sort(),
    )
  })

  await t.test('release restores the record from before the claim, with a higher sequence', async (t) => {
    const { catalog } = openCatalog(store)
    const { record: before } = await catalog.register(someUpload())
    const held = claimed(await catalog.claim(before, 'worker', leaseMs))
    await catalog.release(held, 'worker')
    t.strictSame(await catalog.find(before.tenant, before.imageId), { ...before, sequence: 3 })
    t.equal(claimed(await catalog.claim(before, 'next', leaseMs)).attempts, 1, 'it can be claimed at once')
  })

  await t.test('release can count the attempt', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    await catalog.release(held, 'worker', { attemptCounts: true })
    t.match(await catalog.find(held.tenant, held.imageId), { status: 'pending', attempts: 1 })
    t.equal(claimed(await catalog.claim(held, 'next', leaseMs)).attempts, 2, 'it can be claimed at once')
  })

  await t.test('release of a record with pending events keeps its status and the events', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'killed')
    await catalog.finish(held, 'killed', readyResult, processedEvent(held))
    clock.now = held.leaseUntil ?? 0
    const taken = claimed(await catalog.claim(held, 'next', leaseMs))
    t.equal(taken.startedAt, held.startedAt, 'the first start')
    await catalog.release(taken, 'next')
    t.match(await catalog.find(held.tenant, held.imageId), { status: 'ready', attempts: 1 })
    const again = claimed(await catalog.claim(held, 'third', leaseMs))
    t.strictSame(again.pendingEvents, [processedEvent(held)], 'it can be claimed at once')
  })

  await t.test('a worker that lost the lease cannot change the record', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const lost = await registerAndClaim(catalog, 'slow')
    clock.now = lost.leaseUntil ?? 0
    const taken = claimed(await catalog.claim(lost, 'next', leaseMs))
    await t.rejects(catalog.finish(lost, 'slow', readyResult, processedEvent(lost)), LeaseLost)
    await t.rejects(catalog.release(lost, 'slow'), LeaseLost)
    t.strictSame(await catalog.find(lost.tenant, lost.imageId), taken)

    await catalog.finish(taken, 'next', rejectedResult, processedEvent(taken))
    await t.rejects(catalog.completeLease(finishedAs(lost, rejectedResult), 'slow'), LeaseLost)
    await t.rejects(catalog.finish(lost, 'slow', readyResult, processedEvent(lost)), LeaseLost)
    t.match(await catalog.find(lost.tenant, lost.imageId), {
      ...rejectedResult,
      pendingEvents: [processedEvent(taken)],
    })
  })

  await t.test('a worker whose lease expired can finish if no other worker took it', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'slow')
    clock.now = (held.leaseUntil ?? 0) + 1
    await catalog.finish(held, 'slow', readyResult, processedEvent(held))
    t.match(await catalog.find(held.tenant, held.imageId), { status: 'ready' })
  })

  await t.test('an image is finished once, completed once and released once', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    await t.rejects(catalog.completeLease(finishedAs(held), 'worker'), LeaseLost, 'not before it is finished')
    await catalog.finish(held, 'worker', readyResult, processedEvent(held))
    await t.rejects(catalog.finish(held, 'worker', rejectedResult, processedEvent(held)), LeaseLost)
    await t.rejects(
      catalog.completeLease(finishedAs(held, rejectedResult), 'worker'),
      LeaseLost,
      'not with another result',
    )
    await catalog.completeLease(finishedAs(held), 'worker')
    await t.rejects(catalog.completeLease(finishedAs(held), 'worker'), LeaseLost)
    t.match(await catalog.find(held.tenant, held.imageId), { status: 'ready', attempts: 1 })

    const other = await registerAndClaim(catalog, 'worker')
    await catalog.release(other, 'worker')
    await t.rejects(catalog.release(other, 'worker'), LeaseLost)
    t.match(await catalog.find(other.tenant, other.imageId), { status: 'pending', attempts: 0 })
  })

  await t.test('after a start without a result, an image is claimed only to run alone', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const shared = { alone: false, counts: false }
    const { record } = await catalog.register(someUpload())
    t.notOk('aloneAttempts' in claimed(await catalog.claim(record, 'first', leaseMs, shared)))
    t.match(await catalog.claim(record, 'second', leaseMs, shared), { outcome: 'busy' })
    clock.now += leaseMs
    const before = await catalog.find(record.tenant, record.imageId)
    t.strictSame(await catalog.claim(record, 'second', leaseMs, shared), { outcome: 'must run alone' })
    t.strictSame(await catalog.find(record.tenant, record.imageId), before, 'nothing changed')

    const uncounted = claimed(await catalog.claim(record, 'second', leaseMs, { alone: true, counts: false }))
    t.equal(uncounted.attempts, 2)
    t.notOk('aloneAttempts' in uncounted)
    clock.now += leaseMs
    const counted = claimed(await catalog.claim(record, 'third', leaseMs))
    t.match(counted, { attempts: 3, aloneAttempts: 1 })
    await catalog.release(counted, 'third')
    const released = await catalog.find(record.tenant, record.imageId)
    t.equal(released?.attempts, 2)
    t.notOk('aloneAttempts' in (released ?? {}), 'a released start does not count')
  })

  await t.test('the table is reachable', async (t) => {
    await t.resolves(openCatalog(store).catalog.ping())
  })
}
