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

async function assertAway(t: Test, system: System, dependency: string): Promise<void> {
  const response = await ask(system)
  t.equal(response.status, 503)
  t.ok(Number(response.headers.get('retry-after')) > 0)
  const problem = await response.text()
  t.match(JSON.parse(problem), { code: 'DEPENDENCY_UNAVAILABLE', status: 503 })
  t.notMatch(
    problem,
    /ECONNREFUSED|127\.0\.0\.1|X-Amz/,
    'nothing is promised, and nothing of the inside told',
  )

  const readiness = await fetch(`${system.gateway}/readyz`)
  t.equal(readiness.status, 503)
  const { dependencies } = (await readiness.json()) as { dependencies: Record<string, { state: string }> }
  for (const [name, { state }] of Object.entries(dependencies))
    t.equal(state, name === dependency ? 'down' : 'up', name)
  t.equal((await fetch(`${system.gateway}/healthz`)).status, 200, 'the process itself is well')
}

t.test('Kafka away: uploads are granted, their events owed, and the gateway stays in service', async (t) => {
  const system = await startInProcess(t)
  await system.stopKafka()
  t.equal((await ask(system)).status, 201)
  const readiness = await fetch(`${system.gateway}/readyz`)
  t.equal(readiness.status, 200)
  t.match(await readiness.json(), { status: 'degraded', dependencies: { events: { state: 'down' } } })
  t.match(await (await fetch(system.metrics)).text(), /^hashgate_images_owing_events 1$/m)
})

t.test('DynamoDB away: 503, nothing promised', async (t) => {
  const system = await startInProcess(t)
  t.equal((await ask(system)).status, 201)
  await system.stopDynamoDb()
  await assertAway(t, system, 'catalog')
})

t.test('S3 away: uploads are still granted, readiness tells', async (t) => {
  const system = await startInProcess(t)
  await system.stopS3()
  t.equal((await ask(system)).status, 201, 'a URL needs no store')
  const complete = await fetch(`${system.gateway}/v1/images/${upload.sha256}/complete`, {
    method: 'POST',
    headers: { 'x-api-key': system.key },
  })
  t.equal(complete.status, 503)
  t.match(await (await fetch(`${system.gateway}/readyz`)).json(), {
    dependencies: { bucket: { state: 'down' } },
  })
})
