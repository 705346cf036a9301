import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { startFaultProxy } from '../../../checks/faults/start-fault-proxy.ts'

/** A proxy in front of a server that echoes the request. */
async function start(t: Test) {
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request
    response.writeHead(201, { 'x-answer': 'whole' })
    response.end(JSON.stringify({ method, url, headers, body: await text(request) }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = await startFaultProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  t.teardown(async () => {
    await proxy.close()
    await new Promise((resolve) => server.close(resolve))
  })
  return proxy
}

t.test('requests are forwarded unchanged, including the signed host', async (t) => {
  const proxy = await start(t)
  const url = `${proxy.url}/a%20b/c?x=1&y=%2F`
  const response = await fetch(url, { method: 'PUT', headers: { 'x-signed': 'yes' }, body: 'bytes' })
  t.equal(response.status, 201)
  t.equal(response.headers.get('x-answer'), 'whole')
  t.match(await response.json(), {
    method: 'PUT',
    url: '/a%20b/c?x=1&y=%2F',
    headers: { host: new URL(proxy.url).host, 'x-signed': 'yes', 'content-length': '5' },
    body: 'bytes',
  })
})

t.test('after fail() it returns the given responses in turn, until recover()', async (t) => {
  const proxy = await start(t)
  const answer = (status: number) => ({ status, headers: { 'x-fault': String(status) }, body: 'no' })
  const statusOf = async () => (await fetch(proxy.url)).status
  proxy.fail([answer(400), answer(503)])
  t.strictSame([await statusOf(), await statusOf(), await statusOf()], [400, 503, 400])
  t.equal(proxy.recover(), 3)
  t.equal(await statusOf(), 201)
})

t.test('cut() and stall() leave requests without a response, until recover()', async (t) => {
  const proxy = await start(t)
  const arrived = new Promise<void>((resolve) => {
    proxy.stall(() => {
      resolve()
      return true
    })
  })
  const stalled = t.rejects(fetch(proxy.url), 'a stalled request fails when the proxy recovers')
  await arrived
  proxy.recover()
  await stalled
  proxy.cut()
  await t.rejects(fetch(proxy.url))
  proxy.recover()
  t.equal((await fetch(proxy.url)).status, 201)
})
