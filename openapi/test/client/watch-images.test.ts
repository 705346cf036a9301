import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { pollUntil } from '../../../scripts/testkit/poll-until.ts'
import type { Image } from '../../packages/client/src/types.ts'
import { watchImages } from '../../packages/client/src/watch-images.ts'
import { type Connection, eventText, idOf, resyncText, startEventServer } from './start-event-server.ts'

const [a, b] = [idOf('a'), idOf('b')]
const pending = { status: 'pending', sequence: 1 } as const
const ready = { status: 'ready', sequence: 3 } as const

/** The results of a watch: the first digit of each id, and the status. */
const short = (images: Image[]) => images.map(({ imageId, status }) => `${imageId[0]} ${status}`)

t.test('subscribes, reads the states, and reads an image again when an event reports a change', async (t) => {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const server = await startEventServer(t, (connection) => {
    t.strictSame(connection.query.getAll('imageId'), [a, b])
    t.equal(connection.request.headers.authorization, 'Bearer test-key')
    t.equal(connection.request.headers['last-event-id'], undefined)
    connection.open()
    void connection.closed.then(() => resolve())
    streams.push(connection)
  })
  const streams: Connection[] = []
  server.images.set(a, pending).set(b, pending)
  const seen: string[] = []
  for await (const image of watchImages([a.toUpperCase(), b], server)) {
    seen.push(...short([image]))
    if (seen.length === 2) {
      server.images.set(b, ready)
      streams[0]?.send(eventText(b, 3))
    }
    if (seen.length === 3) {
      server.images.set(a, { status: 'rejected', sequence: 3 })
      streams[0]?.send(eventText(a, 3, { type: 'image.rejected' }))
    }
  }
  t.strictSame(seen.toSorted().toSorted(), ['a pending', 'a rejected', 'b pending', 'b ready'])
  t.equal(server.calls[0], 'GET /v1/events', 'subscribed first')
  t.equal(server.calls.length, 5, 'each image is read twice')
  await closed
})

t.test('repeated and stale events, and those about other images, cause no read', async (t) => {
  const server = await startEventServer(t, async (connection) => {
    connection.open()
    await pollUntil(() => server.calls.length === 2)
    const stale = [
      eventText(a, 4),
      eventText(a, 2),
      eventText(idOf('c'), 9),
      'event: image.future\ndata: {"data":{}}\n\n',
    ]
    connection.send(stale.join(''))
    connection.send('event: weather\ndata: rain\n\n')
    server.images.set(a, { status: 'ready', sequence: 7 })
    connection.send(eventText(a, 7) + eventText(a, 7))
  })
  server.images.set(a, { status: 'processing', sequence: 4 })
  t.strictSame(short(await Array.fromAsync(watchImages([a], server))), ['a processing', 'a ready'])
  t.equal(server.calls.length, 3)
})

t.test('a connection that breaks in an event is resumed, and the states are read again', async (t) => {
  const server = await startEventServer(t, async (connection, number) => {
    if (number === 1) {
      connection.open('retry: 1\nid: run-7\n\n')
      await pollUntil(() => server.calls.length === 2)
      server.images.set(a, { status: 'processing', sequence: 2 })
      connection.send(eventText(a, 3).slice(0, 60))
      await sleep(1)
      connection.response.destroy()
    } else {
      t.equal(connection.request.headers['last-event-id'], number === 2 ? 'run-7' : 'run-9')
      connection.open('id: run-9\n\n')
      if (number === 3) server.images.set(a, ready)
      else connection.response.end()
    }
  })
  server.images.set(a, pending)
  const seen = short(await Array.fromAsync(watchImages([a], server)))
  t.strictSame(seen, ['a pending', 'a processing', 'a ready'])
})

t.test('a silent connection is replaced', async (t) => {
  let cutOff = 0
  const server = await startEventServer(t, (connection, number) => {
    void connection.closed.then(() => (cutOff += 1))
    // The first connection gets no response; the second goes silent after a comment.
    if (number > 1) connection.open(':\n\n')
    if (number > 2) server.images.set(a, ready)
  })
  server.images.set(a, pending)
  const seen = short(await Array.fromAsync(watchImages([a], { ...server, silenceSeconds: 0.2 })))
  t.strictSame(seen, ['a pending', 'a ready'])
  await pollUntil(() => cutOff >= 3)
})

t.test('resync reads all unfinished images', async (t) => {
  const server = await startEventServer(t, async (connection) => {
    connection.open()
    await pollUntil(() => server.calls.length === 3)
    server.images.set(b, ready)
    connection.send(resyncText)
  })
  server.images.set(a, ready).set(b, pending)
  t.strictSame(short(await Array.fromAsync(watchImages([a, b], server))), ['a ready', 'b pending', 'b ready'])
  t.equal(server.calls.length, 4, 'the finished image is not read again')
})

t.test('a refusal ends the watch, also at a reconnection', async (t) => {
  const server = await startEventServer(t, (connection, number) => {
    if (number === 2) return connection.refuse(401, 'UNAUTHENTICATED')
    connection.open()
    connection.response.end()
  })
  server.images.set(a, pending)
  const refused = { name: 'HashgateError', code: 'UNAUTHENTICATED' }
  await t.rejects(Array.fromAsync(watchImages([a], server)), refused)
  await t.rejects(Array.fromAsync(watchImages([b], server)), { code: 'IMAGE_NOT_FOUND' })
  const forbidden = await startEventServer(t, (connection) => connection.refuse(403, 'SCOPE_MISSING'))
  await t.rejects(Array.fromAsync(watchImages('all', forbidden)), { code: 'SCOPE_MISSING' })
})

t.test('without a stream, it waits for the images', async (t) => {
  const answers: Record<string, (connection: Connection) => void> = {
    'not found': (connection) => connection.refuse(404, 'ROUTE_NOT_FOUND'),
    'not allowed': (connection) => connection.refuse(405, 'METHOD_NOT_ALLOWED'),
    'not implemented': (connection) => connection.refuse(501, 'HTTP_501'),
    'a page of a proxy': (connection) => connection.open('<p>Hello</p>', 'text/html'),
  }
  for (const [name, answer] of Object.entries(answers)) {
    const server = await startEventServer(t, (connection) => {
      answer(connection)
      server.images.set(a, { status: 'processing', sequence: 2 })
      void pollUntil(() => server.calls.length > 1).then(() => server.images.set(a, ready))
    })
    t.strictSame(short(await Array.fromAsync(watchImages([a], server))), ['a processing', 'a ready'], name)
    t.equal(server.calls.filter((call) => call === 'GET /v1/events').length, 1, name)
    const error = { name: 'StreamUnsupported', message: /offers no stream of events/ }
    await t.rejects(watchImages('all', server).next(), error, name)
  }
})

t.test('while the stream cannot be opened, it waits for the images and tries the stream again', async (t) => {
  skipPauses(t)
  const calls: string[] = []
  const count = (path: string) => calls.filter((call) => call === path).length
  const fetch = async (input: unknown) => {
    const { pathname, search } = new URL(String(input))
    calls.push(pathname === '/v1/events' ? pathname : search)
    if (pathname !== '/v1/events') {
      const status = count('/v1/events') > 5 ? 'ready' : 'processing'
      return Response.json({ imageId: a, status })
    }
    const problem = { code: 'DEPENDENCY_UNAVAILABLE', status: 503 }
    if (count('/v1/events') <= 5) return Response.json(problem, problem)
    return new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } })
  }
  const images = await Array.fromAsync(watchImages([a], { gateway: 'http://gateway', key: 'k', fetch }))
  t.equal(images.at(-1)?.status, 'ready')
  t.equal(count('/v1/events'), 6)
  const third = calls.indexOf('/v1/events', calls.indexOf('/v1/events', 1) + 1)
  t.notOk(calls.slice(0, third).includes('?wait=20'), 'waiting begins after three failures')
  t.ok(count('?wait=20') > 3, 'the waits between connections become longer')
})

/** Advances the clock to the end of each pause. The silence timeout is not affected. */
function skipPauses(t: Test): void {
  const { setTimeout } = globalThis
  let now = Date.now()
  const skip = (work: () => void, ms: number) => {
    if (ms === 45_000) return setTimeout(() => {}, 0)
    now += ms
    return setImmediate(work)
  }
  t.intercept(globalThis, 'setTimeout', { value: skip })
  t.intercept(Date, 'now', { value: () => now })
}

t.test('an outage after the first answer is waited out; one at the start is not', async (t) => {
  const server = await startEventServer(t, async (connection) => {
    connection.open()
    await pollUntil(() => server.calls.length === 2)
    server.refusals.push(...Array.from({ length: 12 }, () => 503))
    server.images.set(a, ready)
    connection.send(eventText(a, 3))
  })
  server.images.set(a, pending)
  t.strictSame(short(await Array.fromAsync(watchImages([a], server))), ['a pending', 'a ready'])

  const away = await startEventServer(t, (connection) => {
    connection.refuse(503, 'OVERLOADED', { 'retry-after': '0' })
  })
  away.refusals.push(...Array.from({ length: 5 }, () => 503))
  await t.rejects(Array.fromAsync(watchImages([a], away)), { name: 'HashgateError', status: 503 })
})

t.test('an aborted signal and a loop that is left close the connection', async (t) => {
  let open = 0
  const server = await startEventServer(t, (connection) => {
    open += 1
    void connection.closed.then(() => (open -= 1))
    connection.open()
  })
  server.images.set(a, pending)
  const stop = new AbortController()
  const watched = watchImages([a], { ...server, signal: stop.signal })
  t.match(await watched.next(), { value: { imageId: a } })
  const next = watched.next()
  stop.abort(new Error('enough'))
  await t.rejects(next, { message: 'enough' })
  await pollUntil(() => open === 0)

  for await (const image of watchImages([a], server)) {
    t.equal(image.imageId, a)
    break
  }
  await pollUntil(() => open === 0)
  t.strictSame(await Array.fromAsync(watchImages([], server)), [], 'without ids, no connection is opened')
  t.equal(server.calls.filter((call) => call === 'GET /v1/events').length, 2)
})

t.test('more than 100 ids are not put into the URL', async (t) => {
  const ids = Array.from({ length: 101 }, (_, index) => index.toString(16).padStart(64, '0'))
  const server = await startEventServer(t, (connection) => {
    t.equal(connection.request.url, '/v1/events?')
    connection.open()
  })
  for (const id of ids) server.images.set(id, ready)
  t.equal((await Array.fromAsync(watchImages(ids, server))).length, 101)
})

t.test('images and events without a sequence are compared by status', async (t) => {
  const server = await startEventServer(t, async (connection) => {
    connection.open()
    await pollUntil(() => server.calls.length === 2)
    connection.send(resyncText)
    await pollUntil(() => server.calls.length === 3)
    server.images.set(a, { status: 'ready' })
    connection.send(eventText(a, undefined as never))
  })
  server.images.set(a, { status: 'processing' })
  t.strictSame(short(await Array.fromAsync(watchImages([a], server))), ['a processing', 'a ready'])
})
