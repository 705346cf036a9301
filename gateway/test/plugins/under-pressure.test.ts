import t, { type Test } from 'tap'
import { createTestApp, sha256, withKey } from '../../../scripts/testkit/create-test-app.ts'
import { pollUntil } from '../../../scripts/testkit/poll-until.ts'
import { isMeasured } from '../../plugins/under-pressure.ts'

/** A gateway whose event loop lags until the test ends. `clock.uptime` is its monotonic clock. */
async function startLagging(t: Test) {
  const clock = { uptime: 1_000 }
  const { app } = await createTestApp(t, {
    config: { MAX_EVENT_LOOP_DELAY_MS: 1 },
    dependencies: { uptime: () => clock.uptime },
  })
  await app.ready()
  const busy = setInterval(blockForLong, 1)
  t.teardown(() => clearInterval(busy))
  await pollUntil(() => app.isUnderPressure() && isMeasured(app.memoryUsage().eventLoopDelay))
  const ask = () => app.inject({ url: `/v1/images/${sha256}`, headers: withKey })
  return { app, ask, clock }
}

function blockForLong(): void {
  const end = performance.now() + 60
  while (performance.now() < end);
}

t.test('a lagging gateway refuses requests at once, but answers health checks', async (t) => {
  const { app, ask, clock } = await startLagging(t)
  clock.uptime += 5_000
  // A second without a sample of the delay refuses nothing.
  const answer = await pollUntil(async () => {
    const answer = await ask()
    return answer.statusCode === 503 ? answer : undefined
  })
  t.match(answer.json(), { code: 'OVERLOADED', status: 503 })
  t.ok(Number(answer.headers['retry-after']) > 0)
  t.equal(answer.headers['content-type'], 'application/problem+json')
  for (const url of ['/healthz', '/readyz']) t.equal((await app.inject(url)).statusCode, 200, url)
})

t.test('requests are not refused because of the lag at start-up', async (t) => {
  const { ask, clock } = await startLagging(t)
  clock.uptime += 4_999
  t.equal((await ask()).json().code, 'IMAGE_NOT_FOUND')
})

t.test('an infinite delay without a sample refuses no request', async (t) => {
  t.notOk(isMeasured(Number.POSITIVE_INFINITY))
  t.ok(isMeasured(501))
})
