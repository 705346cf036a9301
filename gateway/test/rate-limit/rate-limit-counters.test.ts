import t from 'tap'
import { countLocally } from '../../rate-limit/rate-limit-counters.ts'
import { testRateLimitCounters } from './rate-limit-counters-contract.ts'

testRateLimitCounters(t, countLocally())

t.test('any number of addresses does not displace the count of a principal', async (t) => {
  const { countAddress, reserve } = countLocally()
  const windowMs = 60_000
  reserve('key:a', () => {}, windowMs, 1, 1)
  for (let index = 0; index < 60_000; index += 1) countAddress(`2001:db8:${index}::`, () => {}, windowMs, 9)
  reserve('key:a', (_error, result) => t.match(result, { current: 1, isReserved: false }), windowMs, 1, 1)
})
