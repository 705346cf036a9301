import t from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { createTestApp } from '../../../scripts/testkit/create-test-app.ts'

t.test('healthz needs no key and no dependency', async (t) => {
  const { app } = await createTestApp(t)
  const response = await app.inject('/healthz')
  t.equal(response.statusCode, 200)
  t.strictSame(response.json(), { status: 'ok' })
})

t.test('readyz names each dependency', async (t) => {
  const { app } = await createTestApp(t)
  const response = await app.inject('/readyz')
  t.equal(response.statusCode, 200)
  const { status, dependencies } = response.json()
  t.equal(status, 'ready')
  t.strictSame(Object.keys(dependencies), ['bucket', 'catalog', 'events'])
  for (const { state, latencyMs } of Object.values<{ state: string; latencyMs: number }>(dependencies)) {
    t.equal(state, 'up')
    t.type(latencyMs, 'number')
  }
})

t.test('a dependency that is down or does not respond makes readyz 503', async (t) => {
  const down = async () => {
    throw new DependencyUnavailable('events')
  }
  const silent = () => new Promise<void>(() => {})
  const { app } = await createTestApp(t, {
    dependencies: {
      events: { publish: async () => {}, ping: down },
      rawBucket: { head: async () => undefined, ping: silent },
    },
  })
  const response = await fetch(`${await app.listen({ host: '127.0.0.1', port: 0 })}/readyz`)
  t.equal(response.status, 503)
  t.match(await response.json(), {
    status: 'unavailable',
    dependencies: { bucket: { state: 'down' }, catalog: { state: 'up' }, events: { state: 'down' } },
  })
})

t.test('without Kafka the gateway is degraded but stays in service', async (t) => {
  const ping = async () => {
    throw new DependencyUnavailable('events')
  }
  const { app } = await createTestApp(t, { dependencies: { events: { publish: async () => {}, ping } } })
  const response = await app.inject('/readyz')
  t.equal(response.statusCode, 200)
  t.match(response.json(), { status: 'degraded', dependencies: { events: { state: 'down' } } })
})

t.test('concurrent requests share one check of the dependencies', async (t) => {
  let asked = 0
  const ping = async () => {
    asked += 1
  }
  const { app } = await createTestApp(t, { dependencies: { events: { publish: async () => {}, ping } } })
  await Promise.all(Array.from({ length: 20 }, () => app.inject('/readyz')))
  t.equal(asked, 1)
})

t.test('without the key table the gateway is not ready', async (t) => {
  const ping = async () => {
    throw new DependencyUnavailable('keys')
  }
  const { app } = await createTestApp(t, { dependencies: { keys: { ping } } })
  const response = await app.inject('/readyz')
  t.equal(response.statusCode, 503)
  t.match(response.json(), {
    status: 'unavailable',
    dependencies: { catalog: { state: 'up' }, keys: { state: 'down' } },
  })
})
