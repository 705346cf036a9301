import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import { test } from 'tap'
import { createTestClock } from '../../../scripts/testkit/create-test-clock.ts'
import type { ShardVisit } from '../../webhooks/deliver-due.ts'
import { startDuePoller } from '../../webhooks/start-due-poller.ts'

const idle: ShardVisit = { started: 0, chores: [], pages: 1 }

function startPoller(visitOf: (shard: string) => Promise<ShardVisit>) {
  const clock = createTestClock(100_000)
  const visits: { shard: string; atMs: number }[] = []
  const ages: number[] = []
  const poller = startDuePoller({
    deliverDue: (shard) => {
      visits.push({ shard, atMs: clock.nowMs - 100_000 })
      return visitOf(shard)
    },
    now: clock.now,
    random: () => 0,
    observer: { oldestDueSeen: (ageMs) => void ages.push(ageMs) },
    logger: pino({ level: 'silent' }),
    timers: clock.timers,
  })
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100)
      for (let turn = 0; turn < 3; turn++) await nextTurn()
    }
  }
  const timesOf = (shard: string) => visits.filter((visit) => visit.shard === shard).map(({ atMs }) => atMs)
  return { ...poller, pass, timesOf, ages, visits }
}

test('each shard is visited about once a second when idle, and at once while there is work', async (t) => {
  const { pass, timesOf, close } = startPoller(async (shard) =>
    shard === 'a' ? { ...idle, started: 1 } : idle,
  )
  await pass(3_000)
  t.strictSame(timesOf('b'), [100, 1_100, 2_100])
  t.equal(timesOf('a').length, 30)
  await close()
})

test('a shard with a long backlog is visited less often, and one that cannot be read later', async (t) => {
  const { pass, timesOf, close } = startPoller(async (shard) => {
    if (shard === 'c') throw new Error('DynamoDB is down')
    return shard === 'a' ? { ...idle, pages: 31 } : idle
  })
  await pass(7_000)
  t.strictSame(timesOf('a'), [100, 3_100, 6_100])
  t.strictSame(timesOf('c'), [100, 5_100])
  t.equal(timesOf('b').length, 7, 'the others do not wait')
  await close()
})

test('the age of the oldest due delivery is reported', async (t) => {
  const { pass, ages, close } = startPoller(async (shard) =>
    shard === 'a' ? { ...idle, oldestDueAt: 40_100 } : idle,
  )
  await pass(100)
  t.equal(Math.max(...ages), 60_000)
  t.equal(ages.filter((age) => age === 0).length, 15)
  await close()
})

test('no visit begins after close, which waits for those that run', async (t) => {
  const { promise, resolve } = Promise.withResolvers<ShardVisit>()
  const { pass, visits, close } = startPoller(() => promise)
  await pass(100)
  let isClosed = false
  const closed = close().then(() => {
    isClosed = true
  })
  await nextTurn()
  t.notOk(isClosed)
  resolve({ ...idle, started: 1 })
  await closed
  await pass(2_000)
  t.equal(visits.length, 16)
})
