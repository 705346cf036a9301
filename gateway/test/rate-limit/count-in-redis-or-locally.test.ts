import type { Redis } from 'ioredis'
import t from 'tap'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { createTestApp, sha256, withKey } from '../../../scripts/testkit/create-test-app.ts'
import { startTcpGate } from '../../../scripts/testkit/start-tcp-gate.ts'
import { connectRedis } from '../../rate-limit/connect-redis.ts'
import { countInRedisOrLocally } from '../../rate-limit/count-in-redis-or-locally.ts'
import { countLocally } from '../../rate-limit/rate-limit-counters.ts'

const url = `/v1/images/${sha256}`

t.test('while Redis does not respond, requests are served and each gateway counts its own', async (t) => {
  for (const state of ['shut', 'silent'] as const) {
    const gate = await startTcpGate(t, state)
    const redis = connectRedis(`redis://${gate.address}`)
    t.teardown(() => redis.disconnect())
    const rateLimitCounters = countInRedisOrLocally(redis, countLocally(), createLogger('gateway', 'silent'))
    const config = { RATE_LIMIT_PER_MINUTE: 3 }
    const { app } = await createTestApp(t, { config, dependencies: { rateLimitCounters } })
    const statuses = []
    for (let index = 0; index < 5; index += 1) {
      statuses.push((await app.inject({ url, headers: withKey })).statusCode)
    }
    t.strictSame(statuses, [404, 404, 404, 429, 429], `Redis is ${state}`)
  }
})

t.test('while Redis is down, the gateway probes it rarely and logs one line', async (t) => {
  const lines: string[] = []
  const logger = createLogger('gateway', 'info', { write: (line) => lines.push(line) })
  let asked = 0
  const rateLimit = (...args: unknown[]) => {
    asked += 1
    const done = args.at(-1) as (error: Error) => void
    done(new Error('away'))
  }
  const redis = { rateLimit, rateLimitRead: rateLimit, hashgateReserve: rateLimit } as unknown as Redis
  const rateLimitCounters = countInRedisOrLocally(redis, countLocally(), logger)
  const { app } = await createTestApp(t, { dependencies: { rateLimitCounters } })
  for (let index = 0; index < 20; index += 1) {
    t.equal((await app.inject({ url, headers: withKey })).statusCode, 404)
  }
  t.ok(asked < 20, `Redis was called ${asked} times for 40 counts`)
  t.equal(lines.filter((line) => line.includes('Redis is unavailable')).length, 1)
})

t.test('when Redis hangs, one request at a time probes it', async (t) => {
  let asked = 0
  const rateLimit = (...args: unknown[]) => {
    asked += 1
    const done = args.at(-1) as (error: Error) => void
    if (asked === 1) done(new Error('timed out'))
  }
  const redis = { rateLimit, rateLimitRead: rateLimit, hashgateReserve: rateLimit } as unknown as Redis
  const clock = { now: 1_000_000 }
  const counters = countInRedisOrLocally(
    redis,
    countLocally(),
    createLogger('gateway', 'silent'),
    () => clock.now,
  )
  const count = () =>
    new Promise((resolve, reject) =>
      counters.countAddress(
        'k',
        (error, usage) => (error ? reject(error) : resolve(usage?.current)),
        60_000,
        9,
      ),
    )
  t.equal(await count(), 1, 'Redis has failed')
  clock.now += 1_001
  const waiting = count()
  t.strictSame(await Promise.all([count(), count(), count()]), [2, 3, 4], 'other requests do not wait')
  t.equal(asked, 2)
  t.equal(await Promise.race([waiting, Promise.resolve('still asking')]), 'still asking')
})
