import t from 'tap'
import { topics } from '../../../core/events/image-events.ts'
import { someEvent } from '../../../core/test/events/some-event.ts'
import { withKey } from '../../../scripts/testkit/create-test-app.ts'
import { startEventStreams } from './start-event-streams.ts'

t.test('a client that reconnects gets the events that it missed', async (t) => {
  const { open, source } = await startEventStreams(t)
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
  'a client that missed more than is kept, or has an id of another process, gets `resync`',
  async (t) => {
    const { open, source } = await startEventStreams(t, { limits: { keptEvents: 2 } })
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

t.test('a client that missed more than 256 kB gets `resync`', async (t) => {
  const { open, source } = await startEventStreams(t)
  const first = await open()
  await first.until(() => first.blocks.length > 0)
  const large = { ...someEvent(), padding: 'x'.repeat(100_000) }
  source.publish(large, large, large)
  const second = await open('', { ...withKey, 'last-event-id': first.lastId() })
  await second.until(() => second.events().length > 0)
  t.match(second.events(), [{ event: 'resync', data: '{"reason":"too_many_events"}' }])
})

t.test(
  'during an outage of Kafka new streams are refused, and open ones get `resync` afterwards',
  async (t) => {
    const { open, source } = await startEventStreams(t, { limits: { liveTimeoutMs: 50 } })
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
    t.match(next.events()[0], { event: 'resync' }, 'an id from before the outage is unknown')
  },
)
