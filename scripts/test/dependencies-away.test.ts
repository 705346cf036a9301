import t, { type Test } from 'tap'
import { pollUntil } from '../testkit/poll-until.ts'
import { startInProcess } from '../testkit/system/start-in-process.ts'

const upload = { sha256: 'ab'.repeat(32), byteLength: 5, contentType: 'image/png' }

type System = Awaited<ReturnType<typeof startInProcess>>

interface Readiness {
  status: string
  dependencies: Record<string, { state: string }>
}

function ask({ gateway, key }: System): Promise<Response> {
  return fetch(`${gateway}/v1/uploads`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(upload),
  })
}

/** Polls readiness until all other dependencies are up, because on a busy machine one may time out. */
function pollReadiness({ gateway }: System, down: string[]) {
  return pollUntil(async () => {
    const response = await fetch(`${gateway}/readyz`)
    const { status, dependencies } = (await response.json()) as Readiness
    const states = Object.fromEntries(Object.entries(dependencies).map(([name, { state }]) => [name, state]))
    const areUp = Object.keys(states).every((name) => down.includes(name) || states[name] === 'up')
    return areUp ? { code: response.status, status, states } : undefined
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

  const { code, states } = await pollReadiness(system, down)
  t.equal(code, 503)
  for (const name of down) t.equal(states[name], 'down', name)
  t.equal((await fetch(`${system.gateway}/healthz`)).status, 200, 'the process is alive')
}

t.test('Kafka down: upload URLs are issued, events are pending, and the gateway stays ready', async (t) => {
  const system = await startInProcess(t)
  await system.stopKafka()
  t.equal((await ask(system)).status, 201)
  t.match(await pollReadiness(system, ['events']), {
    code: 200,
    status: 'degraded',
    states: { events: 'down' },
  })
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
