import t from 'tap'
import { someEvent } from '../../../core/test/events/some-event.ts'
import { withKey } from '../../../scripts/testkit/create-test-app.ts'
import { pollUntil } from '../../../scripts/testkit/poll-until.ts'
import { imageOf, startEventStreams } from './start-event-streams.ts'

t.test('a reader that does not read is cut off, and others are not held up', async (t) => {
  const { open, source, metric } = await startEventStreams(t)
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
  const { open, pass } = await startEventStreams(t)
  const stream = await open()
  pass(179)
  await stream.until(() => stream.blocks.length === 12)
  t.equal(stream.blocks.filter(({ comment }) => comment === '').length, 11)
  pass(1)
  t.ok(await stream.ended(), 'the response is complete')
  t.match(stream.blocks.at(-1), { id: /-0$/ })
})

t.test('streams of a revoked key end within a minute', async (t) => {
  const { open, pass, clock, keys, lines, metric } = await startEventStreams(t, {
    config: { LOG_LEVEL: 'info' },
  })
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

t.test('the gateway closes at once with open streams, one of which is not read', async (t) => {
  const { app, open, source } = await startEventStreams(t, { limits: { maxBufferedBytes: 100_000_000 } })
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
  t.equal(source.followers.size, 0, 'reading from Kafka has stopped')
})

t.test('Kafka is read while there are streams, and for five minutes after the last', async (t) => {
  const { open, pass, source, metric } = await startEventStreams(t)
  t.equal(source.followers.size, 0)
  const stream = await open()
  await open()
  t.equal(source.followers.size, 1, 'Kafka is read once for all streams')
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
