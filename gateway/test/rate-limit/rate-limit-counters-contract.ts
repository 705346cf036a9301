import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { RateLimitCounters, Reservation, Usage } from '../../rate-limit/rate-limit-counters.ts'

const windowMs = 60_000

/** What both counters guarantee. @param counters those under test; `other` counts in the same place */
export function testRateLimitCounters(t: Test, counters: RateLimitCounters, other = counters): void {
  const reserve = ({ reserve }: RateLimitCounters, key: string, times: number, max: number) =>
    new Promise<Reservation | undefined>((resolve, reject) =>
      reserve(key, (error, result) => (error ? reject(error) : resolve(result)), windowMs, max, times),
    )
  const countAddress = (key: string) =>
    new Promise<Usage | undefined>((resolve, reject) =>
      counters.countAddress(key, (error, usage) => (error ? reject(error) : resolve(usage)), windowMs, 1),
    )

  t.test('all requests of a reservation are counted, or none', async (t) => {
    const key = randomUUID()
    t.match(await reserve(counters, key, 4, 10), { current: 4, isReserved: true })
    t.match(await reserve(counters, key, 7, 10), { current: 4, isReserved: false })
    t.match(await reserve(counters, key, 6, 10), { current: 10, isReserved: true })
    t.match(await reserve(counters, key, 1, 10), { current: 10, isReserved: false })
  })

  t.test('a reservation returns when its window ends', async (t) => {
    const key = randomUUID()
    for (const times of [2, 1]) {
      const { ttl = 0 } = (await reserve(counters, key, times, 2)) ?? {}
      t.ok(ttl > 0 && ttl <= windowMs, `${ttl} ms`)
    }
  })

  t.test('a reservation of 0 checks whether a request would fit and counts nothing', async (t) => {
    const key = randomUUID()
    t.match(await reserve(counters, key, 0, 1), { current: 0, isReserved: true })
    t.match(await reserve(counters, key, 1, 1), { current: 1, isReserved: true })
    t.match(await reserve(counters, key, 0, 1), { current: 1, isReserved: false })
  })

  t.test('simultaneous reservations can use exactly the whole limit', async (t) => {
    const key = randomUUID()
    const attempts = Array.from({ length: 12 }, (_, index) =>
      reserve(index % 2 ? counters : other, key, 100, 300),
    )
    const reserved = (await Promise.all(attempts)).filter((result) => result?.isReserved)
    t.equal(reserved.length, 3)
  })

  t.test('addresses are counted above the limit, and apart from principals', async (t) => {
    const key = randomUUID()
    await reserve(counters, key, 5, 10)
    t.match(await countAddress(key), { current: 1 })
    t.match(await countAddress(key), { current: 2 })
    t.match(await reserve(counters, key, 0, 10), { current: 5 })
  })
}
