import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { Webhook } from 'standardwebhooks'
import t, { type Test } from 'tap'
import { receiverRules } from '../../../../core/webhooks/receiver-rules.ts'
import { generateSecret } from '../../../../core/webhooks/webhook-endpoint.ts'
import { sendWebhook, type WebhookRequest } from '../../../webhooks/send/send-webhook.ts'

const rules = receiverRules({ WEBHOOK_ALLOW_NETWORKS: '127.0.0.0/8', NODE_ENV: '' })
const secret = generateSecret()
const body = JSON.stringify({ id: 'a/1.2', data: { name: 'Zoë 📷' } })

const send = (url: string, changes: Partial<WebhookRequest> = {}) =>
  sendWebhook({ url, body, eventId: 'a/1.2', secrets: [secret], nowMs: Date.now(), rules, ...changes })

async function startReceiver(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?a=b`
}

async function startRawReceiver(t: Test, listener: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    listener(socket)
  }).listen(0, '127.0.0.1')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** A receiver that answers with fixed bytes as soon as something arrives. */
const answering = (t: Test, answer: string | Buffer) =>
  startRawReceiver(t, (socket) => socket.once('data', () => socket.end(answer)))

t.test('the request is a POST of the event, signed by each secret', async (t) => {
  const received: { request: IncomingMessage; port?: number; text: string }[] = []
  const url = await startReceiver(t, async (request, response) => {
    const port = request.socket.remotePort
    received.push({ request, port, text: (await buffer(request)).toString() })
    response.setHeader('set-cookie', 'a=b').writeHead(204).end()
  })
  const older = generateSecret()
  const nowMs = Date.now()
  for (let i = 0; i < 2; i++) {
    t.match(await send(url, { secrets: [secret, older], nowMs }), { outcome: 'delivered', status: 204 })
  }
  const [first, second] = received as [(typeof received)[0], (typeof received)[0]]
  const { headers, method, url: path } = first.request
  t.match({ method, path, text: first.text }, { method: 'POST', path: '/hooks?a=b', text: body })
  const { 'webhook-signature': signature = '', 'user-agent': agent, host, ...others } = headers
  t.match(agent, 'hashgate')
  t.same(others, {
    'content-type': 'application/cloudevents+json',
    'content-length': String(Buffer.byteLength(body)),
    'accept-encoding': 'identity',
    'webhook-id': 'a/1.2',
    'webhook-timestamp': String(Math.floor(nowMs / 1000)),
    connection: 'close',
  })
  t.equal(String(signature).split(' ').length, 2)
  for (const valid of [secret, older]) {
    t.same(new Webhook(valid).verify(first.text, headers as Record<string, string>), JSON.parse(body))
  }
  t.not(first.port, second.port, 'each try uses a new connection')
  t.equal(second.request.headers.cookie, undefined, 'no cookies are kept')
})

const outcomes: [status: number, outcome: string, reason?: string][] = [
  [200, 'delivered'],
  [202, 'delivered'],
  [299, 'delivered'],
  [304, 'failed', 'The receiver answered 304. Redirects are not followed.'],
  [400, 'failed', 'The receiver answered 400.'],
  [410, 'gone', 'The receiver answered 410 Gone.'],
  [429, 'failed', 'The receiver answered 429.'],
  [503, 'failed', 'The receiver answered 503.'],
]
for (const [status, outcome, reason] of outcomes) {
  t.test(`${status} is ${outcome}`, async (t) => {
    const url = await startReceiver(t, (_request, response) => response.writeHead(status).end())
    const { latencyMs, ...result } = await send(url)
    t.same(result, { outcome, status, ...(reason && { reason }) })
    t.ok(latencyMs >= 0)
  })
}

for (const status of [301, 302, 303, 307, 308]) {
  t.test(`a ${status} is not followed`, async (t) => {
    const paths: unknown[] = []
    const url = await startReceiver(t, (request, response) => {
      paths.push(request.url)
      response.writeHead(status, { location: '/elsewhere' }).end()
    })
    t.match(await send(url), { outcome: 'failed', status, reason: /Redirects are not followed/ })
    t.same(paths, ['/hooks?a=b'])
  })
}

t.test('64 KiB of the response are read and 1,000 bytes kept', async (t) => {
  let sent = 0
  const closed = Promise.withResolvers<void>()
  const url = await startReceiver(t, (_request, response) => {
    response.on('close', () => closed.resolve())
    const chunk = 'a'.repeat(16_384)
    const write = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length
    }
    response.on('drain', write)
    write()
  })
  t.match(await send(url), { outcome: 'delivered', status: 200, answer: 'a'.repeat(1_000) })
  await closed.promise
  t.ok(sent < 64 * 1024 * 1024, 'reading an endless response is stopped')
})

t.test('the stored text is safe to display', async (t) => {
  const url = await startReceiver(t, (_request, response) =>
    response.end(`a\u0000\u001b[31m\u202e\r\n\t${'b'.repeat(980)}éééé`),
  )
  const { answer } = await send(url)
  t.match(answer, /^a\uFFFD\uFFFD\[31m\uFFFD\r\n\tb{980}ééé$/)
})

t.test('a compressed answer is not inflated', async (t) => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  const url = await startReceiver(t, (_request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  )
  const { outcome, answer = '' } = await send(url)
  t.equal(outcome, 'delivered')
  t.ok(answer.length <= 1_000)
})

t.test('a receiver that never answers is given up', async (t) => {
  const url = await startRawReceiver(t, () => {})
  t.match(await send(url, { timeoutMs: 200 }), {
    outcome: 'failed',
    reason: 'No response within 0.2 seconds.',
  })
})

t.test('a receiver that trickles its headers is given up', async (t) => {
  const url = await startRawReceiver(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const timer = setInterval(() => socket.write('x-a: b\r\n'), 20)
    socket.on('close', () => clearInterval(timer))
  })
  t.match(await send(url, { timeoutMs: 300 }), {
    outcome: 'failed',
    reason: 'No response within 0.3 seconds.',
  })
})

t.test('a receiver that trickles its answer cannot stretch a try, and its status counts', async (t) => {
  const url = await startReceiver(t, (_request, response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write('a'), 20)
    response.on('close', () => clearInterval(timer))
  })
  // The time is up when the status has arrived, however long that takes.
  const timeout = new AbortController()
  t.intercept(AbortSignal, 'timeout', { value: () => timeout.signal })
  const end = () => setImmediate(() => timeout.abort())
  subscribe('http.client.response.finish', end)
  t.teardown(() => unsubscribe('http.client.response.finish', end))
  t.match(await send(url), { outcome: 'delivered', status: 200, answer: /^a*$/ })
})

t.test('a success counts although the answer breaks off', async (t) => {
  const url = await answering(t, 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')
  t.match(await send(url), { outcome: 'delivered', status: 200, answer: 'half' })
})

const faults: [name: string, answer: string | Buffer, reason: RegExp][] = [
  ['nothing', '', /closed the connection without a response/],
  ['an answer that is not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', /not valid HTTP\/1\.1/],
  ['HTTP/2', Buffer.from('000000040000000000', 'hex'), /not valid HTTP\/1\.1/],
  ['headers of 100 kB', `HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(100_000)}\r\n\r\n`, /not valid HTTP\/1\.1/],
  [
    'an upgrade',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    /closed the connection/,
  ],
  [
    'both lengths',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
    /not valid HTTP/,
  ],
]
for (const [name, answer, reason] of faults) {
  t.test(`a receiver that answers with ${name} is a failure`, async (t) => {
    const url = await answering(t, answer)
    t.match(await send(url, { timeoutMs: 5_000 }), { outcome: 'failed', reason })
  })
}

t.test('a receiver that resets the connection is a failure', async (t) => {
  const url = await startRawReceiver(t, (socket) => socket.once('data', () => socket.resetAndDestroy()))
  t.match(await send(url), { outcome: 'failed', reason: /closed the connection/ })
})

t.test('a port on which nothing listens is a failure', async (t) => {
  // The port of an outgoing connection, because nothing else can get that meanwhile.
  const { port } = new URL(await startRawReceiver(t, () => {}))
  const connection = connect(Number(port), '127.0.0.1')
  t.teardown(() => connection.destroy())
  await once(connection, 'connect')
  t.match(await send(`http://127.0.0.1:${connection.localPort}/`), {
    outcome: 'failed',
    reason: 'The receiver refused the connection.',
  })
})

t.test('the proxy settings of the environment are ignored', async (t) => {
  const url = await startReceiver(t, (_request, response) => response.end('direct'))
  const before = { ...process.env }
  t.teardown(() => {
    process.env = before
  })
  Object.assign(process.env, { HTTP_PROXY: 'http://127.0.0.1:1', http_proxy: 'http://127.0.0.1:1' })
  t.match(await send(url), { outcome: 'delivered', answer: 'direct' })
})
