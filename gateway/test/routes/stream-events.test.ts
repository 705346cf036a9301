import t from 'tap'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import { newRecord } from '../../../core/images/image-record.ts'
import { someEvent } from '../../../core/test/events/some-event.ts'
import { createTestApp, testKey, withKey } from '../../../scripts/testkit/create-test-app.ts'
import { pollUntil } from '../../../scripts/testkit/poll-until.ts'
import { examples } from '../../http/examples.ts'
import { imageOf, startEventStreams } from '../live-events/start-event-streams.ts'

t.test('events of the tenant arrive as CloudEvents, as they are on Kafka', async (t) => {
  const { open, source } = await startEventStreams(t)
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

t.test('a stream carries only the requested types and images', async (t) => {
  const { open, source } = await startEventStreams(t)
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

t.test('without Kafka a stream is refused as DEPENDENCY_UNAVAILABLE', async (t) => {
  const { open } = await startEventStreams(t, { isUp: false, limits: { liveTimeoutMs: 50 } })
  const refused = await open()
  await refused.ended()
  t.equal(refused.status, 503)
  t.match(JSON.parse(refused.text()), { code: 'DEPENDENCY_UNAVAILABLE' })
})

t.test('a request is logged and counted when its stream starts, and the stream when it closes', async (t) => {
  const { open, lines, metric } = await startEventStreams(t, { config: { LOG_LEVEL: 'info' } })
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
  const { open, keys, metric } = await startEventStreams(t, {
    limits: { maxStreams: 3, maxStreamsPerTenant: 2 },
  })
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
  t.equal((await open()).status, 200, 'a closed stream frees its slot')
})

t.test('HEAD answers like GET without a stream', async (t) => {
  const { url, metric } = await startEventStreams(t)
  const response = await fetch(`${url}/v1/events`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${testKey}` },
  })
  t.equal(response.status, 200)
  t.equal(response.headers.get('content-type'), 'text/event-stream')
  t.equal(await metric('hashgate_streams_open'), 0)
})

t.test('a Kafka message that is not an event is skipped', async (t) => {
  const { open, source } = await startEventStreams(t)
  const stream = await open()
  source.publishText('', '{', '{}', '{"data":{}}', JSON.stringify(someEvent(), undefined, 1))
  source.publish(someEvent({ id: 'good' }))
  await stream.until(() => stream.ids().length > 0)
  t.strictSame(stream.ids(), ['good'])
})

t.test('the example in the contract matches a published event', async (t) => {
  const [, text = ''] = /^data: (.*)$/m.exec(examples.eventStream) ?? []
  const nowMs = Date.parse('2026-11-22T10:00:02.000Z')
  const upload = { tenant: 'acme', imageId: examples.imageId, ...examples.uploadRequest }
  const record = { ...newRecord(upload, nowMs, 86_400), sequence: 3 }
  t.strictSame(
    JSON.parse(text),
    imageEvent(topics.processed, record, { source: '/hashgate/processor', nowMs }),
  )
})
