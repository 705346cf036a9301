import { test } from 'tap'
import { takeCallTime } from '../../triggers/take-call-time.ts'

test('the last writes of a call have time', async (t) => {
  t.strictSame(takeCallTime(60_000, 6_000, 1_000), { startedAtMs: 1_000, endsAtMs: 55_000 })
})

test('a function with little time has most of it for images', async (t) => {
  t.strictSame(takeCallTime(4_000, 6_000, 0), { startedAtMs: 0, endsAtMs: 3_000 })
})
