import t, { type Test } from 'tap'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import { newRecord } from '../../../core/images/image-record.ts'
import { someEvent } from '../../../core/test/events/some-event.ts'
import { createTestApp, testKey, withKey } from '../../../scripts/testkit/create-test-app.ts'
import { pollUntil } from '../../../scripts/testkit/poll-until.ts'
import { createEventSource } from '../../../scripts/testkit/streams/create-event-source.ts'
import { openEventStream } from '../../../scripts/testkit/streams/open-event-stream.ts'
import { examples } from '../../http/examples.ts'
import type { streamLimits } from '../../live-events/stream-limits.ts'

interface StartOptions {
  limits?: Partial<typeof streamLimits>
  isUp?: boolean
  config?: Parameters<typeof createTestApp>[1] extends { config?: infer C } | undefined ? C : never
}

/** The gateway on a port, with events and seconds that come when the test says so. */
async function start(t: Test, { limits, isUp, config }: StartOptions = {}) {
  const source = createEventSource({ isUp })
  let tick = () => {}
  const everySecond = (callback: () => void) => {
    tick = callback
    return () => {
      tick = () => {}
    }
  }
  const liveEvents = { ...source, limits, everySecond, random: () => 0 }
  const made = await createTestApp(t, { config, dependencies: { liveEvents } })
  const url = await made.app.listen({ port: 0, host: '127.0.0.1' })
  const open = async (query = '', headers: Record<string, string> = withKey) => {
    const stream = await openEventStream(`${url}/v1/events${query}`, headers)
    t.teardown(stream.close)
    return stream
  }
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second++) tick()
  }
  const metric = async (name: string) => {
    const text = (await made.admin.inject('/metrics')).body
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1) ?? 0,
    )
  }
  return { ...made, source, url, open, pass, metric }
}

const imageOf = (digit: string) => digit.repeat(64)

t.test('events of the tenant arrive as CloudEvents, as they are on Kafka', async (t) => {
  const { open, source } = await start(t)
  const stream = await open()
  t.equal(stream.status, 200)
  t.match(stream.headers, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'ratelimit-limit': String,
  })
  const [processed, rejected] = [someEvent(), someEvent({ topic: topics.rejected })]
  source.publish(processed, rejected)
  await stream.until(() => stream.events().length === 2)
  t.strictSame(
    stream.events().map(({ event, data }) => ({ event, data })),
    [
      { event: 'image.processed', data: JSON.stringify(processed) },
      { event: 'image.rejected', data: JSON.stringify(rejected) },
    ],
  )
  t.match(stream.blocks[0], { retry: '3000', id: /^\w+-0$/ })
})

t.test('a stream gets the types and images that it asks for', async (t) => {
  const { open, source } = await start(t)
  const [one, two, three] = [imageOf('1'), imageOf('2'), imageOf('3')]
  const processed = await open('?types=image.processed')
  const both = await open('?types=image.processed,image.rejected')
  const ofOne = await open(`?imageId=${one}`)
  const ofTwo = await open(`?imageId=${one}&imageId=${two}&types=image.rejected`)
  source.publish(
    someEvent({ imageId: one, id: 'a' }),
    someEvent({ imageId: two, id: 'b', topic: topics.rejected }),
    someEvent({ imageId: three, id: 'c' }),
    someEvent({ imageId: one, id: 'd', topic: topics.rejected }),
  )
  await both.until(() => both.ids().length === 4)
  await ofTwo.until(() => ofTwo.ids().includes('d'))
  await ofOne.until(() => ofOne.ids().includes('d'))
  await processed.until(() => processed.ids().includes('c'))
  t.strictSame(both.ids(), ['a', 'b', 'c', 'd'])
  t.strictSame(processed.ids(), ['a', 'c'])
  t.strictSame(ofOne.ids(), ['a', 'd'])
  t.strictSame(ofTwo.ids(), ['b', 'd'])
})

t.test('a wrong query is refused with the field and the reason', async (t) => {
  const { app } = await createTestApp(t)
  const many = Array.from({ length: 101 }, () => `imageId=${imageOf('a')}`).join('&')
  const cases: [string, string, string][] = [
    ['?types=image.uploaded', 'types.0', 'must be one of image.processed, image.rejected'],
    ['?types=image.processed&types=x', 'types.1', 'must be one of image.processed, image.rejected'],
    ['?types=', 'types.0', 'must be one of image.processed, image.rejected'],
    ['?imageId=abc', 'imageId.0', 'must match pattern "^[0-9a-f]{64}$"'],
    [`?${many}`, 'imageId', 'must NOT have more than 100 items'],
    ['?tenant=other', 'tenant', 'is not a field of this request'],
  ]
  for (const [query, field, message] of cases) {
    const answer = await app.inject({ url: `/v1/events${query}`, headers: withKey })
    t.equal(answer.statusCode, 400, query)
    t.match(answer.json(), { code: 'VALIDATION_FAILED', errors: [{ field, message }] }, query)
  }
})

t.test('a client that comes back gets what it missed', async (t) => {
  const { open, source } = await start(t)
  const first = await open()
  source.publish(someEvent({ id: 'a' }), someEvent({ id: 'b' }))
  await first.until(() => first.ids().length === 2)
  first.close()
  source.publish(someEvent({ id: 'c' }), someEvent({ id: 'd', topic: topics.rejected }))

  const second = await open('', { ...withKey, 'last-event-id': first.lastId() })
  await second.until(() => second.ids().length === 2)
  const filtered = await open('?types=image.rejected', { ...withKey, 'last-event-id': first.lastId() })
  await filtered.until(() => filtered.ids().length === 1)
  t.strictSame(second.ids(), ['c', 'd'])
  t.strictSame(filtered.ids(), ['d'])
  t.notOk(second.blocks.some(({ event }) => event === 'resync'))

  const upToDate = await open('', { ...withKey, 'last-event-id': second.lastId() })
  source.publish(someEvent({ id: 'e' }))
  await upToDate.until(() => upToDate.events().length > 0)
  t.strictSame(upToDate.ids(), ['e'])
})

t.test(
  'a client that missed more than is kept, or was elsewhere, is told to read the states again',
  async (t) => {
    const { open, source } = await start(t, { limits: { keptEvents: 2 } })
    const first = await open()
    await first.until(() => first.blocks.length > 0)
    const longAgo = first.lastId()
    source.publish(someEvent(), someEvent(), someEvent())
    for (const id of [longAgo, '0123456789ab-1', `${longAgo.slice(0, -1)}9`, 'anything', ';']) {
      const stream = await open('', { ...withKey, 'last-event-id': id })
      await stream.until(() => stream.events().length > 0)
      t.match(stream.events(), [{ event: 'resync', data: '{"reason":"unknown_last_event_id"}' }], id)
      t.match(stream.lastId(), /-3$/, 'the client can resume from here')
    }
  },
)

t.test('a client that missed more than 256 kB is told to read the states again', async (t) => {
  const { open, source } = await start(t)
  const first = await open()
  await first.until(() => first.blocks.length > 0)
  const large = { ...someEvent(), padding: 'x'.repeat(100_000) }
  source.publish(large, large, large)
  const second = await open('', { ...withKey, 'last-event-id': first.lastId() })
  await second.until(() => second.events().length > 0)
  t.match(second.events(), [{ event: 'resync', data: '{"reason":"too_many_events"}' }])
})

t.test('when Kafka was away, open streams are told, and new ones are refused meanwhile', async (t) => {
  const { open, source } = await start(t, { limits: { liveTimeoutMs: 50 } })
  const stream = await open()
  source.publish(someEvent({ id: 'a' }))
  await stream.until(() => stream.ids().length === 1)
  const before = stream.lastId()
  source.loseKafka()
  const refused = await open()
  t.equal(refused.status, 503)
  t.ok(refused.headers['retry-after'])
  source.regainKafka()
  await stream.until(() => stream.events().length === 2)
  t.match(stream.events()[1], { event: 'resync', data: '{"reason":"events_interrupted"}' })
  const next = await open('', { ...withKey, 'last-event-id': before })
  await next.until(() => next.events().length === 1)
  t.match(next.events()[0], { event: 'resync' }, 'an id from before is unknown')
})

t.test('without Kafka a stream is refused as DEPENDENCY_UNAVAILABLE', async (t) => {
  const { open } = await start(t, { isUp: false, limits: { liveTimeoutMs: 50 } })
  const refused = await open()
  await refused.ended()
  t.equal(refused.status, 503)
  t.match(JSON.parse(refused.text()), { code: 'DEPENDENCY_UNAVAILABLE' })
})

t.test('a reader that does not read is cut off, and others are not held up', async (t) => {
  const { open, source, metric } = await start(t)
  const slow = await open()
  const fast = await open()
  slow.pause()
  const large = { ...someEvent(), padding: 'x'.repeat(100_000) }
  let sent = 0
  // The operating system buffers some megabytes of each connection.
  while ((await metric('hashgate_streams_closed_total{reason="slow"}')) === 0 && sent < 2_000) {
    source.publish(large)
    sent += 1
    await fast.until(() => fast.events().length === sent)
  }
  slow.resume()
  t.notOk(await slow.ended(), 'the response is cut off')
  t.ok(sent < 2_000)
  t.equal(await metric('hashgate_streams_open'), 1)
  t.equal(await metric('hashgate_streamed_events_total'), sent * 2)
})

t.test('an idle stream gets a comment each 15 seconds and ends after three to four minutes', async (t) => {
  const { open, pass } = await start(t)
  const stream = await open()
  pass(179)
  await stream.until(() => stream.blocks.length === 12)
  t.equal(stream.blocks.filter(({ comment }) => comment === '').length, 11)
  pass(1)
  t.ok(await stream.ended(), 'the response is complete')
  t.match(stream.blocks.at(-1), { id: /-0$/ })
})

t.test('a revoked key loses its streams within a minute', async (t) => {
  const { open, pass, clock, keys, lines, metric } = await start(t, { config: { LOG_LEVEL: 'info' } })
  const { text, record } = keys.make({ tenant: 'acme' })
  const stream = await open('', { authorization: `Bearer ${text}` })
  const other = await open()
  keys.records.set(record.keyId, { ...record, revokedAt: '2026-11-22T10:00:00.000Z' })
  clock.now += 56_000
  pass(5)
  t.ok(await stream.ended())
  t.equal(await metric('hashgate_streams_closed_total{reason="credentials"}'), 1)
  const audit = lines.filter((line) => (line as { audit?: string }).audit)
  t.match(audit.at(-1), { audit: 'credentials.refused', reason: 'revoked' })
  await other.until(() => other.blocks.length > 0)
  t.equal(await metric('hashgate_streams_open'), 1)
})

t.test('a request is logged and counted when its stream starts, and the stream when it closes', async (t) => {
  const { open, lines, metric } = await start(t, { config: { LOG_LEVEL: 'info' } })
  const stream = await open()
  const found = (msg: string) => lines.filter((line) => (line as { msg: string }).msg === msg)
  t.match(found('request'), [{ operation: 'streamEvents', status: 200, tenant: String, durationMs: Number }])
  t.equal(await metric('hashgate_http_requests_total{operation="streamEvents",status="200"'), 1)
  stream.close()
  await pollUntil(() => found('stream closed').length > 0)
  t.match(found('stream closed'), [{ reason: 'client', events: 0, seconds: 0 }])
  t.equal(found('request').length, 1)
  t.equal(await metric('hashgate_streams_open'), 0)
})

t.test('the number of streams is limited for a tenant and for the process', async (t) => {
  const { open, keys, metric } = await start(t, { limits: { maxStreams: 3, maxStreamsPerTenant: 2 } })
  const other = { authorization: `Bearer ${keys.make({ tenant: 'other' }).text}` }
  const first = await open()
  await open()
  const third = await open()
  await third.ended()
  t.match(JSON.parse(third.text()), {
    status: 429,
    code: 'TOO_MANY_STREAMS',
    detail: /your tenant has 2 open streams/i,
  })
  t.ok(third.headers['retry-after'])
  await open('', other)
  const fifth = await open('', { authorization: `Bearer ${keys.make({ tenant: 'third' }).text}` })
  await fifth.ended()
  t.match(JSON.parse(fifth.text()), { status: 503, code: 'OVERLOADED' })
  first.close()
  await pollUntil(async () => (await metric('hashgate_streams_open')) === 2)
  t.equal((await open()).status, 200, 'a closed stream frees its place')
})

t.test('the gateway closes at once with open streams, one of which is not read', async (t) => {
  const { app, open, source } = await start(t, { limits: { maxBufferedBytes: 100_000_000 } })
  const streams = await Promise.all(['1', '2', '3'].map((digit) => open(`?imageId=${imageOf(digit)}`)))
  const slow = await open(`?imageId=${imageOf('4')}`)
  await slow.until(() => slow.blocks.length > 0)
  slow.pause()
  const large = { ...someEvent({ imageId: imageOf('4') }), padding: 'x'.repeat(100_000) }
  for (let n = 0; n < 200; n++) source.publish(large)
  await app.close()
  for (const stream of streams) t.ok(await stream.ended(), 'the response is complete')
  slow.resume()
  t.notOk(await slow.ended())
  t.equal(source.followers.size, 0, 'Kafka is read no longer')
})

t.test('Kafka is read while there are streams, and five minutes longer', async (t) => {
  const { open, pass, source, metric } = await start(t)
  t.equal(source.followers.size, 0)
  const stream = await open()
  await open()
  t.equal(source.followers.size, 1, 'once for all streams')
  stream.close()
  pass(180)
  await pollUntil(async () => (await metric('hashgate_streams_open')) === 0)
  pass(300)
  t.equal(source.followers.size, 1)
  pass(1)
  t.equal(source.followers.size, 0)
  const next = await open('', { ...withKey, 'last-event-id': stream.lastId() })
  await next.until(() => next.events().length > 0)
  t.match(next.events()[0], { event: 'resync' })
})

t.test('HEAD answers like GET without a stream', async (t) => {
  const { url, metric } = await start(t)
  const response = await fetch(`${url}/v1/events`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${testKey}` },
  })
  t.equal(response.status, 200)
  t.equal(response.headers.get('content-type'), 'text/event-stream')
  t.equal(await metric('hashgate_streams_open'), 0)
})

t.test('what is not an event on Kafka is skipped', async (t) => {
  const { open, source } = await start(t)
  const stream = await open()
  source.publishText('', '{', '{}', '{"data":{}}', JSON.stringify(someEvent(), undefined, 1))
  source.publish(someEvent({ id: 'good' }))
  await stream.until(() => stream.ids().length > 0)
  t.strictSame(stream.ids(), ['good'])
})

t.test('the example in the contract is an event as it is published', async (t) => {
  const [, text = ''] = /^data: (.*)$/m.exec(examples.eventStream) ?? []
  const nowMs = Date.parse('2026-11-22T10:00:02.000Z')
  const upload = { tenant: 'acme', imageId: examples.imageId, ...examples.uploadRequest }
  const record = { ...newRecord(upload, nowMs, 86_400), sequence: 3 }
  t.strictSame(
    JSON.parse(text),
    imageEvent(topics.processed, record, { source: '/hashgate/processor', nowMs }),
  )
})
