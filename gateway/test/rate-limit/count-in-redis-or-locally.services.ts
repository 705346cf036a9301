import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { connectServices } from '../../../scripts/testkit/connect-services.ts'
import { createTestApp, sha256 } from '../../../scripts/testkit/create-test-app.ts'
import { startTcpGate } from '../../../scripts/testkit/start-tcp-gate.ts'
import { connectRedis } from '../../rate-limit/connect-redis.ts'
import { countInRedisOrLocally } from '../../rate-limit/count-in-redis-or-locally.ts'
import { countLocally } from '../../rate-limit/rate-limit-counters.ts'

const { setting } = await connectServices()
const redisUrl = new URL(setting('REDIS_URL'))
const image = `/v1/images/${sha256}`

/** Another gateway, with the shared Redis behind `host`. */
async function startGateway(t: Test, host = redisUrl.host) {
  const redis = connectRedis(Object.assign(new URL(redisUrl), { host }).href)
  t.teardown(() => redis.disconnect())
  await new Promise((resolve) => redis.once('ready', resolve))
  const rateLimitCounters = countInRedisOrLocally(redis, countLocally(), createLogger('gateway', 'silent'))
  const { app, keys } = await createTestApp(t, { dependencies: { rateLimitCounters } })
  const remoteAddress = `10.${[...randomBytes(3)].join('.')}`
  const ask = async (key: string) => {
    const headers = { authorization: `Bearer ${key}` }
    return (await app.inject({ url: image, headers, remoteAddress })).statusCode
  }
  return { ask, keys }
}

t.test('the gateways that share a Redis count a key together', async (t) => {
  const [first, second] = [await startGateway(t), await startGateway(t)]
  const { text } = first.keys.make({ requestsPerMinute: 4 })
  const statuses = []
  for (const { ask } of [first, second, first, second, first, second]) statuses.push(await ask(text))
  t.strictSame(statuses, [404, 404, 404, 404, 429, 429])
})

t.test('when Redis fails under load, requests are still served and counted', async (t) => {
  const gate = await startTcpGate(t, 'open', redisUrl.host)
  const { ask, keys } = await startGateway(t, gate.address)
  const { text } = keys.make({ requestsPerMinute: 3 })
  t.equal(await ask(text), 404)
  gate.shut()
  const statuses = []
  for (let index = 0; index < 5; index += 1) statuses.push(await ask(text))
  t.strictSame(statuses, [404, 404, 404, 429, 429], 'this gateway starts its own count')
})
