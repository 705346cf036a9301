import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { refusesPlainHttp } from '../../verify/check-gateway.ts'
import { sendExactly } from '../../verify/send-exactly.ts'

const server = createServer((request, response) => {
  const [, status, location] = decodeURIComponent(request.url ?? '').split('|')
  if (status === 'cut') request.socket.destroy()
  else response.writeHead(Number(status), location ? { location } : {}).end()
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
t.teardown(() => server.close())

const ask = async (answer: string) =>
  refusesPlainHttp(
    await sendExactly({
      method: 'GET',
      url: `http://127.0.0.1:${port}/${encodeURIComponent(`|${answer}`)}`,
      headers: {},
    }),
  )

t.test('no answer or a redirect to HTTPS passes', async (t) => {
  t.ok(await ask('301|https://images.example.com/healthz'))
  t.ok(await ask('308|https://images.example.com/'))
  t.ok(await ask('cut'))
  const unreachable = await sendExactly({ method: 'GET', url: 'http://127.0.0.1:1/', headers: {} })
  t.ok(refusesPlainHttp(unreachable))
})

t.test('every other answer fails, including errors', async (t) => {
  for (const answer of [
    '200',
    '401',
    '403',
    '404',
    '503',
    '301|http://images.example.com/',
    '302|/login',
    '304',
  ]) {
    t.notOk(await ask(answer), answer)
  }
})
