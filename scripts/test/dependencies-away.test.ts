import t, { type Test } from 'tap'
import { startInProcess } from '../testkit/system/start-in-process.ts'

const upload = { sha256: 'ab'.repeat(32), byteLength: 5, contentType: 'image/png' }

type System = Awaited<ReturnType<typeof startInProcess>>

function ask({ gateway, key }: System): Promise<Response> {
  return fetch(`${gateway}/v1/uploads`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(upload),
  })
}

/** @param down the dependencies that readiness must report as down */
async function assertUnavailable(t: Test, system: System, down: string[]): Promise<void> {
  const response = await ask(system)
  t.equal(response.status, 503)
  t.ok(Number(response.headers.get('retry-after')) > 0)
  const problem = await response.text()
  t.match(JSON.parse(problem), { code: 'DEPENDENCY_UNAVAILABLE', status: 503 })
  t.notMatch(
    problem,
    /ECONNREFUSED|127\.0\.0\.1|X-Amz/,
    'the response has no upload URL and no internal detail',
  )

  const readiness = await fetch(`${system.gateway}/readyz`)
  t.equal(readiness.status, 503)
  const { dependencies } = (await readiness.json()) as { dependencies: Record<string, { state: string }> }
  for (const [name, { state }] of Object.entries(dependencies))
    t.equal(state, down.includes(name) ? 'down' : 'up', name)
  t.equal((await fetch(`${system.gateway}/healthz`)).status, 200, 'the process is alive')
}

t.test('Kafka down: upload URLs are issued, events are pending, and the gateway stays ready', async (t) => {
  const system = await startInProcess(t)
  await system.stopKafka()
  t.equal((await ask(system)).status, 201)
  const readiness = await fetch(`${system.gateway}/readyz`)
  t.equal(readiness.status, 200)
  t.match(await readiness.json(), { status: 'degraded', dependencies: { events: { state: 'down' } } })
  t.match(await (await fetch(system.metrics)).text(), /^hashgate_images_owing_events 1$/m)
})

t.test('DynamoDB down: 503 and no upload URL', async (t) => {
  const system = await startInProcess(t)
  t.equal((await ask(system)).status, 201)
  await system.stopDynamoDb()
  await assertUnavailable(t, system, ['catalog', 'keys'])
})

t.test('S3 down: upload URLs are still issued, and readiness fails', async (t) => {
  const system = await startInProcess(t)
  await system.stopS3()
  t.equal((await ask(system)).status, 201, 'signing a URL needs no S3')
  const complete = await fetch(`${system.gateway}/v1/images/${upload.sha256}/complete`, {
    method: 'POST',
    headers: { 'x-api-key': system.key },
  })
  t.equal(complete.status, 503)
  t.match(await (await fetch(`${system.gateway}/readyz`)).json(), {
    dependencies: { bucket: { state: 'down' } },
  })
})
