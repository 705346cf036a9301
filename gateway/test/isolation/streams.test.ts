import t from 'tap'
import { someEvent } from '../../../core/test/events/some-event.ts'
import { openEventStream } from '../../../scripts/testkit/streams/open-event-stream.ts'
import { bearer } from './bad-credentials.ts'
import { newId } from './new-id.ts'
import { startIsolated } from './start-isolated.ts'

t.test('a stream carries the events of its own tenant only, also after a reconnect', async (t) => {
  const { app, keys, issuer, source } = await startIsolated(t)
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/v1/events`
  const open = async (query: string, headers: Record<string, string>) => {
    const stream = await openEventStream(url + query, headers)
    t.teardown(stream.close)
    return stream
  }
  const [shared, owner] = [newId(), bearer(keys.make({ tenant: 'owner' }).text)]
  const others = [
    bearer(keys.make({ tenant: 'other' }).text),
    bearer(await issuer.sign({ tenant: 'other', scope: 'read' }, Date.now())),
  ]
  const publish = (tenant: string, id: string) => {
    const event = someEvent({ imageId: shared, id })
    source.publish({ ...event, data: { ...event.data, tenant } })
  }
  const own = await open('', owner)
  const foreign = await Promise.all(
    others.flatMap((other) => ['', `?imageId=${shared}`].map((query) => open(query, other))),
  )
  for (const n of [1, 2, 3]) publish('owner', `owner ${n}`)
  publish('other', 'other 1')
  await own.until(() => own.ids().length === 3)
  for (const stream of foreign) {
    await stream.until(() => stream.ids().length === 1)
    t.strictSame(stream.ids(), ['other 1'])
    t.notMatch(stream.text(), 'owner')
    t.match(stream.lastId(), /-1$/, 'the id does not count events of other tenants')
  }

  for (const headers of others) {
    const again = await open('', { ...headers, 'last-event-id': own.events()[0]?.id ?? '' })
    const id = newId()
    publish('other', id)
    await again.until(() => again.ids().includes(id))
    t.notMatch(again.text(), 'owner', 'an event id of another tenant returns none of its events')
  }
})
