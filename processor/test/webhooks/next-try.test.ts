import { test } from 'tap'
import { nextTry } from '../../webhooks/next-try.ts'

const hour = 3_600_000

test('the wait is random, and its upper bound triples with each try up to six hours', (t) => {
  const giveUpAt = 100 * hour
  const waits = (random: number) =>
    [1, 2, 3, 4, 9, 20].map((triesInRow) =>
      nextTry({ triesInRow, giveUpAt }, { firstRetryMs: 5_000, random: () => random }, 0),
    )
  t.strictSame(waits(1), [5_000, 15_000, 45_000, 135_000, 6 * hour, 6 * hour])
  t.strictSame(waits(0.5), [2_500, 7_500, 22_500, 67_500, 3 * hour, 3 * hour])
  t.end()
})

test('the last try is at the end of the retry window', (t) => {
  const backOff = { firstRetryMs: 5_000, random: () => 1 }
  t.equal(nextTry({ triesInRow: 12, giveUpAt: 1_000 }, backOff, 999), 1_000)
  t.equal(nextTry({ triesInRow: 12, giveUpAt: 1_000 }, backOff, 1_000), undefined)
  t.end()
})
