import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createTestApp, sha256, withKey } from '../../../scripts/testkit/create-test-app.ts'

t.test('a gateway whose event loop lags refuses at once, but for load balancers', async (t) => {
  const { app } = await createTestApp(t, { config: { MAX_EVENT_LOOP_DELAY_MS: 1 } })
  const ask = () => app.inject({ url: `/v1/images/${sha256}`, headers: withKey })
  const busy = setInterval(blockForLong, 1)
  t.teardown(() => clearInterval(busy))
  let answer = await ask()
  while (answer.statusCode !== 503) {
    await sleep(100)
    answer = await ask()
  }
  t.match(answer.json(), { code: 'OVERLOADED', status: 503 })
  t.ok(Number(answer.headers['retry-after']) > 0)
  t.equal(answer.headers['content-type'], 'application/problem+json')
  for (const url of ['/healthz', '/readyz']) t.equal((await app.inject(url)).statusCode, 200, url)
})

function blockForLong(): void {
  const end = performance.now() + 60
  while (performance.now() < end);
}
