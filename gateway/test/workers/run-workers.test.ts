import { hash } from 'node:crypto'
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { pollUntil } from '../../../scripts/testkit/poll-until.ts'
import { startGatewayProcess } from '../../../scripts/testkit/system/start-gateway-process.ts'

let asked = 0

interface Answer {
  status: number | undefined
  /** Whether the server ends the connection. */
  isLast: boolean
  /** The client's port, which identifies the connection. */
  port: number | undefined
}

/** Requests the upload of a new image. Rejects when the connection breaks. */
function ask(url: string, agent: Agent): Promise<Answer> {
  const body = JSON.stringify({
    sha256: hash('sha256', String(asked++)),
    byteLength: 5,
    contentType: 'image/png',
  })
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/uploads`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    })
    sent.on('error', reject)
    sent.on('response', async (response) => {
      const { localPort: port } = response.socket
      await text(response).catch(reject)
      resolve({ status: response.statusCode, isLast: response.headers.connection === 'close', port })
    })
    sent.end(body)
  })
}

/**
 * Uses one connection until the server ends it, and resolves to the number of requests. Nothing orders these requests
 * after the drain of the worker, so several may be answered before.
 */
async function askUntilLast(t: Test, url: string, agent: Agent): Promise<number> {
  let last = await ask(url, agent)
  let count = 1
  const { port } = last
  while (!last.isLast && last.port === port && last.status === 201) {
    await sleep(20)
    last = await ask(url, agent)
    count += 1
  }
  t.match(last, { status: 201, isLast: true, port })
  return count
}

const oneConnection = () => new Agent({ keepAlive: true, maxSockets: 1 })

t.test('two workers share the port, and the primary adds up their metrics', async (t) => {
  const gateway = await startGatewayProcess(t, { GATEWAY_WORKERS: '2' })
  const agents = Array.from({ length: 6 }, oneConnection)
  t.teardown(() => {
    for (const agent of agents) agent.destroy()
  })
  for (const agent of agents) t.match(await ask(gateway.url, agent), { status: 201, isLast: false })
  t.equal(await gateway.metric('hashgate_uploads_total'), 6)
  t.equal(await gateway.metric('hashgate_gateway_workers'), 2)
  t.equal(await gateway.metric('hashgate_images_owing_events'), 0)
  t.equal(gateway.workerPids().length, 2)

  t.test('SIGHUP replaces all workers under load, and no request fails', async (t) => {
    const before = await gateway.metric('hashgate_uploads_total')
    let answered = 0
    let isOver = false
    const failures: unknown[] = []
    const load = Array.from({ length: 8 }, async () => {
      const agent = oneConnection()
      while (!isOver) {
        const answer = await ask(gateway.url, agent).catch((error: Error) => error)
        if ('status' in answer && answer.status === 201) answered += 1
        else failures.push(answer)
      }
      agent.destroy()
    })
    await pollUntil(() => answered > 50)
    gateway.signal('SIGHUP')
    await pollUntil(() => new Set(gateway.workerPids()).size === 4)
    // The idle connections of the first test must be used until they end, or the old workers wait for them.
    const idle = await Promise.all(agents.map((agent) => askUntilLast(t, gateway.url, agent)))
    await gateway.untilLogged('2 worker processes were replaced')
    isOver = true
    await Promise.all(load)
    t.same(failures, [], `${answered} requests were answered`)
    t.equal(
      await gateway.metric('hashgate_uploads_total'),
      before + answered + idle.reduce((sum, count) => sum + count, 0),
      'the counts of the workers that ended are kept',
    )
    t.equal(await gateway.metric('hashgate_gateway_worker_crashes_total'), 0)
  })

  t.test('an idle connection to a draining worker is answered once more and then closed', async (t) => {
    const agent = oneConnection()
    t.teardown(() => agent.destroy())
    t.match(await ask(gateway.url, agent), { status: 201, isLast: false })
    gateway.signal('SIGHUP')
    await askUntilLast(t, gateway.url, agent)
    await gateway.untilLogged('2 worker processes were replaced', 2)
    t.match(await ask(gateway.url, agent), { status: 201, isLast: false })
  })

  t.test('a worker that crashes is replaced', async (t) => {
    const [pid = 0] = gateway.workerPids().slice(-2)
    process.kill(pid, 'SIGKILL')
    await pollUntil(async () => (await gateway.metric('hashgate_gateway_worker_crashes_total')) === 1)
    await pollUntil(async () => (await gateway.metric('hashgate_gateway_workers')) === 2)
    await gateway.untilLogged(`worker process ${pid} ended (SIGKILL); another one starts in 100 ms`)
    const agent = oneConnection()
    t.match(await ask(gateway.url, agent), { status: 201 })
    agent.destroy()
  })

  t.test('SIGTERM answers the requests in progress, and every process ends', async (t) => {
    const agent = oneConnection()
    t.match(await ask(gateway.url, agent), { status: 201 })
    agent.destroy()
    const id = hash('sha256', String(asked - 1))
    const reads = 'hashgate_dynamodb_request_duration_seconds_count{operation="GetItem"'
    const before = await gateway.metric(reads)
    const waiting = fetch(`${gateway.url}/v1/images/${id}?wait=25`, { headers: { connection: 'close' } })
    await pollUntil(async () => (await gateway.metric(reads)) > before)
    gateway.signal('SIGTERM')
    t.equal((await waiting).status, 200)
    t.equal(await gateway.exitCode(), 0)
    for (const pid of gateway.workerPids()) t.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
  })
})

t.test('the gateway does not start when its workers cannot', async (t) => {
  // RFC 5737: an address that no machine has.
  await t.rejects(startGatewayProcess(t, { GATEWAY_WORKERS: '2', HOST: '192.0.2.1' }), {
    message: /ended before it was ready \(exit code 1\)/,
  })
})
