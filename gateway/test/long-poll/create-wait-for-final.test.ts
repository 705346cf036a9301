import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { type ImageRecord, newRecord } from '../../../core/images/image-record.ts'
import { createWaitForFinal } from '../../long-poll/create-wait-for-final.ts'

const never = new AbortController().signal

/** The function under test with a catalog in memory and a clock that the test controls. */
function createTestWait({ maxWaitsPerPrincipal = 1_000 } = {}) {
  const records = new Map<string, ImageRecord>()
  const calls: number[] = []
  const sleepers: { atMs: number; wake: () => void }[] = []
  let nowMs = 0

  const findMany = async (images: { tenant: string; imageId: string }[]) => {
    calls.push(images.length)
    return images.flatMap(({ tenant, imageId }) => records.get(`${tenant}#${imageId}`) ?? [])
  }
  const sleep = (ms: number) =>
    new Promise<void>((wake) => {
      sleepers.push({ atMs: nowMs + ms, wake })
    })
  const waitForFinal = createWaitForFinal({ findMany }, { sleep, maxWaitsPerPrincipal })

  function add(index: number, tenant = 'acme'): ImageRecord {
    const imageId = String(index).padStart(64, '0')
    const record = newRecord({ tenant, imageId, byteLength: 1, contentType: 'image/png' }, 0, 3600)
    records.set(`${tenant}#${imageId}`, record)
    return record
  }

  /** Lets this much time pass, in steps of 50 ms. */
  async function pass(ms: number): Promise<void> {
    for (const end = nowMs + ms; nowMs < end; ) {
      nowMs += 50
      const due = sleepers.filter(({ atMs }) => atMs <= nowMs)
      for (const sleeper of due) {
        sleepers.splice(sleepers.indexOf(sleeper), 1)
        sleeper.wake()
      }
      await setImmediate()
    }
  }

  function finish(record: ImageRecord): void {
    records.set(`${record.tenant}#${record.imageId}`, { ...record, status: 'ready' })
  }

  return { waitForFinal, records, calls, sleepers, add, pass, finish }
}

t.test('250 waits of 20 seconds for different images cost 87 calls to the catalog', async (t) => {
  const { waitForFinal, calls, add, pass, finish } = createTestWait()
  const records = Array.from({ length: 250 }, (_, index) => add(index))
  const waits = records.map((record) => waitForFinal('key:a', record, never))
  await pass(20_000)
  t.equal(calls.length, 87, 'at 50, 100, 200 and 400 ms, and every 800 ms, in batches of up to 100')
  t.ok(calls.every((images) => images === 100 || images === 50))
  records.forEach(finish)
  await pass(800)
  t.ok((await Promise.all(waits)).every((record) => record?.status === 'ready'))
})

t.test('250 requests for one image cost as much as one', async (t) => {
  const { waitForFinal, calls, add, pass, finish } = createTestWait()
  const record = add(1)
  const waits = Array.from({ length: 250 }, () => waitForFinal('key:a', record, never))
  await pass(20_000)
  t.strictSame(calls, Array(29).fill(1))
  finish(record)
  await pass(800)
  t.ok((await Promise.all(waits)).every((record) => record?.status === 'ready'))
})

t.test('two tenants can wait for images with the same id', async (t) => {
  const { waitForFinal, add, pass, finish } = createTestWait()
  const [ours, theirs] = [add(1, 'acme'), add(1, 'other')]
  const over = new AbortController()
  const waits = [waitForFinal('key:a', ours, over.signal), waitForFinal('key:b', theirs, over.signal)]
  finish(ours)
  await pass(800)
  over.abort()
  t.match(await Promise.all(waits), [
    { tenant: 'acme', status: 'ready' },
    { tenant: 'other', status: 'pending' },
  ])
})

t.test('the request beyond the limit of a principal is answered at once, and others are held', async (t) => {
  const { waitForFinal, add, pass, finish } = createTestWait({ maxWaitsPerPrincipal: 2 })
  const record = add(1)
  const held = [waitForFinal('key:a', record, never), waitForFinal('key:a', record, never)]
  t.equal(await waitForFinal('key:a', record, never), record)
  held.push(waitForFinal('key:b', record, never))
  finish(record)
  await pass(100)
  t.match(await Promise.all(held), Array(3).fill({ status: 'ready' }))
  const next = waitForFinal('key:a', record, never)
  await pass(100)
  t.match(await next, { status: 'ready' }, 'finished requests free their slots')
})

t.test('a wait that ends returns the record as last read, and its polling stops', async (t) => {
  const { waitForFinal, records, calls, sleepers, add, pass } = createTestWait()
  const record = add(1)
  const over = new AbortController()
  const wait = waitForFinal('key:a', record, over.signal)
  records.set(`acme#${record.imageId}`, { ...record, status: 'processing' })
  await pass(100)
  over.abort()
  t.match(await wait, { status: 'processing' })
  const before = calls.length
  await pass(2_000)
  t.equal(calls.length, before)
  t.equal(sleepers.length, 0, 'polling stops while no request waits')
  const done = { ...record, status: 'rejected' as const }
  t.equal(await waitForFinal('key:a', done, never), done, 'a final record is not waited for')
})

t.test('a wait for an image that expires returns undefined', async (t) => {
  const { waitForFinal, records, add, pass } = createTestWait()
  const wait = waitForFinal('key:a', add(1), never)
  records.clear()
  await pass(100)
  t.equal(await wait, undefined)
})

t.test('a failure of the catalog fails the current waits but not later ones', async (t) => {
  let isDown = true
  const record = newRecord(
    { tenant: 'acme', imageId: 'a'.repeat(64), byteLength: 1, contentType: 'image/png' },
    0,
    3600,
  )
  const findMany = async () => {
    if (isDown) throw new DependencyUnavailable('catalog', new Error('throttled'))
    return [{ ...record, status: 'ready' as const }]
  }
  const waitForFinal = createWaitForFinal({ findMany }, { sleep: () => setImmediate() })
  await t.rejects(waitForFinal('key:a', record, never), DependencyUnavailable)
  isDown = false
  t.match(await waitForFinal('key:a', record, never), { status: 'ready' })
})
