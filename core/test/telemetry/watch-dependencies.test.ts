import { once } from 'node:events'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { DependencyUnavailable } from '../../errors.ts'
import { createLogger } from '../../telemetry/logger.ts'
import {
  summarizeReadiness,
  type WatchedDependency,
  watchDependencies,
  watchWhileListening,
} from '../../telemetry/watch-dependencies.ts'

const timeoutMs = 60_000
const advise = () => 'Check THE_SETTING.'

function createLog() {
  const lines: { level: string; msg: string }[] = []
  const logger = createLogger('test', 'info', { write: (line: string) => lines.push(JSON.parse(line)) })
  return { logger, read: () => lines.map(({ level, msg }) => `${level} ${msg}`) }
}

/** A dependency that fails with `state.error`, if there is one. */
function createDependency() {
  const state: { error?: unknown; checks: number } = { checks: 0 }
  const store: WatchedDependency = {
    title: 'The store',
    ping: async () => {
      state.checks += 1
      if (state.error) throw state.error
    },
    advise,
  }
  return { state, store }
}

t.test('every change of state is one line, with the cause and the setting', async (t) => {
  const { state, store } = createDependency()
  const { logger, read } = createLog()
  const { check } = watchDependencies({ store }, logger)
  t.match(await check(timeoutMs), { store: { state: 'up', latencyMs: Number } })
  state.error = new DependencyUnavailable('bucket', new Error('connect ECONNREFUSED 127.0.0.1:9'))
  t.match(await check(timeoutMs), { store: { state: 'down' } })
  await check(timeoutMs)
  state.error = undefined
  await check(timeoutMs)
  t.same(read(), [
    'error The store is unavailable: connect ECONNREFUSED 127.0.0.1:9. Check THE_SETTING.',
    'info The store is available again.',
  ])
})

t.test('a dependency that never answers is reported as down with the timeout', async (t) => {
  const { logger, read } = createLog()
  const store = { title: 'The store', ping: () => new Promise(() => {}), advise }
  const keepAlive = setInterval(() => {}, 1_000)
  t.teardown(() => clearInterval(keepAlive))
  t.match(await watchDependencies({ store }, logger).check(1), { store: { state: 'down' } })
  t.same(read(), ['error The store is unavailable: no response within 1 ms. Check THE_SETTING.'])
})

t.test('a ping that throws synchronously counts as down and leaves no unhandled rejection', async (t) => {
  const { logger } = createLog()
  const unhandled: unknown[] = []
  const collect = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', collect)
  const keepAlive = setInterval(() => {}, 1_000)
  t.teardown(() => {
    clearInterval(keepAlive)
    process.off('unhandledRejection', collect)
  })
  const ping = () => {
    throw new Error('no such function')
  }
  const { check } = watchDependencies({ store: { title: 'The store', ping, advise } }, logger)
  t.match(await check(1), { store: { state: 'down' } })
  // This timer was started later and runs longer, so the timer of the check fires first.
  await once(AbortSignal.timeout(20), 'abort')
  await new Promise(setImmediate)
  t.same(unhandled, [])
})

for (const [what, error, expected] of [
  ['one error per address', new AggregateError([new Error('connect ECONNREFUSED ::1:9')]), 'connect ECONN'],
  [
    'an error with a name',
    Object.assign(new Error('no such table.'), { name: 'Missing' }),
    'Missing: no such',
  ],
  ['a thrown string', 'text', 'text'],
] as const) {
  t.test(`the cause is found in ${what}`, async (t) => {
    const { state, store } = createDependency()
    const { logger, read } = createLog()
    state.error = error
    await watchDependencies({ store }, logger).check(timeoutMs)
    t.match(read()[0], `error The store is unavailable: ${expected}`)
  })
}

t.test('the first check starts with listening, and readiness shares checks', async (t) => {
  const { state, store } = createDependency()
  const { logger, read } = createLog()
  const server = Fastify()
  t.teardown(() => server.close())
  const checkReadiness = watchWhileListening(server, { store }, logger)
  t.equal(state.checks, 0)
  await server.listen({ host: '127.0.0.1', port: 0 })
  t.equal(state.checks, 1)
  await Promise.all([checkReadiness(), checkReadiness()])
  t.equal(state.checks, 2)
  t.same(read(), [])
})

t.test('a check that ends after the server closed is not logged', async (t) => {
  const { logger, read } = createLog()
  const server = Fastify()
  const pinging = Promise.withResolvers<void>()
  const watched = { store: { title: 'The store', ping: () => pinging.promise, advise } }
  const checking = watchWhileListening(server, watched, logger)()
  await server.close()
  pinging.reject(new Error('the client is closed'))
  t.match(await checking, { store: { state: 'down' } })
  t.same(read(), [])
})

t.test('a process stays in service without Kafka, but not without any other dependency', async (t: Test) => {
  const up = { state: 'up', latencyMs: 1 } as const
  const down = { state: 'down', latencyMs: 1 } as const
  t.equal(summarizeReadiness({ bucket: up, events: up }), 'ready')
  t.equal(summarizeReadiness({ bucket: up, events: down }), 'degraded')
  t.equal(summarizeReadiness({ bucket: down, events: up }), 'unavailable')
})
