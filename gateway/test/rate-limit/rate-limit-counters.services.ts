import t from 'tap'
import { connectServices } from '../../../scripts/testkit/connect-services.ts'
import { connectRedis } from '../../rate-limit/connect-redis.ts'
import { countInRedis } from '../../rate-limit/rate-limit-counters.ts'
import { testRateLimitCounters } from './rate-limit-counters-contract.ts'

const { setting } = await connectServices()
const clients = [connectRedis(setting('REDIS_URL')), connectRedis(setting('REDIS_URL'))] as const
t.teardown(() => {
  for (const redis of clients) redis.disconnect()
})
await Promise.all(clients.map((redis) => new Promise((resolve) => redis.once('ready', resolve))))

testRateLimitCounters(t, countInRedis(clients[0]), countInRedis(clients[1]))
