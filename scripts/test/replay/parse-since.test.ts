import t from 'tap'
import { parseSince } from '../../replay/parse-since.ts'

const nowMs = Date.UTC(2026, 10, 22, 10)

t.test('accepts a time or an age', async (t) => {
  t.equal(parseSince('2026-11-22T09:00:00Z', nowMs), nowMs - 3_600_000)
  t.equal(parseSince('2026-11-22', nowMs), Date.UTC(2026, 10, 22))
  t.equal(parseSince('90s', nowMs), nowMs - 90_000)
  t.equal(parseSince('30m', nowMs), nowMs - 1_800_000)
  t.equal(parseSince('2h', nowMs), nowMs - 7_200_000)
  t.equal(parseSince('7d', nowMs), nowMs - 604_800_000)
})

t.test('anything else is an error', async (t) => {
  for (const text of ['', 'yesterday', '2', '2 h', '-2h', '2026-13-45', '1e3']) {
    t.throws(() => parseSince(text, nowMs), {
      message: `--since must be a time such as 2026-11-22T10:00Z or an age such as 2h, not "${text}".`,
    })
  }
})
