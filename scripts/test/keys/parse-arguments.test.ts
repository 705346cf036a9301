import t from 'tap'
import { parseExpires, parseRate, parseScopes } from '../../keys/parse-arguments.ts'

const now = Date.UTC(2026, 10, 22, 10)

t.test('--rate takes requests per minute', async (t) => {
  t.equal(parseRate('600/min'), 600)
  for (const bad of ['600', '0/min', '1.5/min', '600/s', '/min', '1e3/min', ' 600/min', '-1/min']) {
    t.throws(() => parseRate(bad), { message: /--rate takes/ }, bad)
  }
})

t.test('--expires takes a duration or a future date', async (t) => {
  t.equal(parseExpires('90d', now), '2027-02-20T10:00:00.000Z')
  t.equal(parseExpires('12h', now), '2026-11-22T22:00:00.000Z')
  t.equal(parseExpires('2027-06-30', now), '2027-06-30T00:00:00.000Z')
  t.equal(parseExpires('2027-06-30T12:00Z', now), '2027-06-30T12:00:00.000Z')
  for (const bad of ['', '90', '90m', 'never', '2027-13-01', 'tomorrow']) {
    t.throws(() => parseExpires(bad, now), { message: /--expires takes/ }, bad)
  }
  for (const past of ['0d', '2026-11-22', '2001-01-01']) {
    t.throws(() => parseExpires(past, now), { message: /is in the past/ }, past)
  }
})

t.test('--scopes takes known scopes only', async (t) => {
  t.strictSame(parseScopes('read,upload'), ['upload', 'read'])
  t.strictSame(parseScopes('admin'), ['admin'])
  for (const bad of ['', 'write', 'read,', 'read upload', 'READ']) {
    t.throws(() => parseScopes(bad), { message: /--scopes takes/ }, bad)
  }
})
