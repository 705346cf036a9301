import t from 'tap'
import type { ImageEvent, Resync } from '../../packages/client/src/types.ts'
import { watchImages } from '../../packages/client/src/watch-images.ts'
import { eventText, idOf, resyncText, startEventServer } from './start-event-server.ts'

const [a, b] = [idOf('a'), idOf('b')]
const opened = 'resync: opened'

/** `a 3`, or the reason of a resync. */
const short = (item: ImageEvent | Resync) =>
  item.type === 'resync' ? `resync: ${item.reason}` : `${item.data.imageId[0]} ${item.data.sequence}`

/** The first items of a watch. */
async function take(count: number, items: AsyncIterable<ImageEvent | Resync>) {
  const taken: (ImageEvent | Resync)[] = []
  for await (const item of items) if (taken.push(item) === count) break
  return taken
}

t.test('returns the events in the order of arrival, without repeats and stale ones', async (t) => {
  const server = await startEventServer(t, (connection) => {
    t.equal(connection.query.get('types'), 'image.processed,image.rejected')
    t.equal(connection.query.has('imageId'), false)
    connection.open()
    const texts = [eventText(a, 3), eventText(b, 5), eventText(a, 3), eventText(a, 2), eventText(a, 6)]
    for (const text of texts) connection.send(text)
    // A record that was created on a later day counts from 1 again.
    connection.send(eventText(a, 3).replaceAll('20261122', '20261130-2'))
    connection.send(eventText(a, undefined as never))
    connection.send(eventText(b, 6))
  })
  const types = ['image.processed', 'image.rejected'] as const
  const items = await take(7, watchImages('all', { ...server, types: [...types] }))
  t.strictSame(items.map(short), [opened, 'a 3', 'b 5', 'a 6', 'a 3', 'a undefined', 'b 6'])
})

t.test('characters and lines that are split between chunks are reassembled', async (t) => {
  const extra = { note: 'Größe 🖼 日本' }
  const server = await startEventServer(t, async (connection) => {
    connection.open('\u{feff}:\n\n')
    connection.response.socket?.setNoDelay(true)
    for (const byte of Buffer.from(eventText(a, 3, { extra }).replaceAll('\n', '\r\n'))) {
      connection.send(Uint8Array.of(byte))
      await new Promise(setImmediate)
    }
  })
  const [, event] = await take(2, watchImages('all', server))
  t.match(event, { type: 'hashgate.image.processed.v1', data: { imageId: a, sequence: 3 }, ...extra })
})

t.test('after a reconnection, a resync follows if events may have been missed', async (t) => {
  const asked: unknown[] = []
  const server = await startEventServer(t, (connection, number) => {
    asked.push(connection.request.headers['last-event-id'])
    // The gateway sends its last id at once. One that does not cannot be resumed.
    connection.open(number > 2 ? 'retry: 1\nid: run-1\n\n' : undefined)
    if (number === 3) connection.send(eventText(a, 3, { id: 'run-2' }))
    if (number === 4) connection.send(eventText(a, 3, { id: 'run-2' }) + eventText(b, 3, { id: 'run-3' }))
    if (number === 5) connection.send(resyncText)
    else connection.response.end()
  })
  const items = await take(6, watchImages('all', server))
  const interrupted = 'resync: events_interrupted'
  t.strictSame(items.map(short), [opened, opened, opened, 'a 3', 'b 3', interrupted])
  t.strictSame(asked, [undefined, undefined, undefined, 'run-2', 'run-3'])
})

t.test('fails if no stream opens at the start, but not later', async (t) => {
  const away = await startEventServer(t, (connection) => {
    connection.refuse(503, 'OVERLOADED', { 'retry-after': '0' })
  })
  await t.rejects(watchImages('all', away).next(), { code: 'OVERLOADED' })
  t.equal(away.calls.length, 5)

  const server = await startEventServer(t, (connection, number) => {
    if (number > 1 && number < 12) return connection.refuse(502, 'OVERLOADED', { 'retry-after': '0' })
    connection.open()
    if (number === 1) connection.response.end()
    else connection.send(eventText(a, 3))
  })
  t.strictSame((await take(3, watchImages('all', server))).map(short), [opened, opened, 'a 3'])
})

t.test('a stream with an endless line is closed before it fills the memory', async (t) => {
  const server = await startEventServer(t, (connection, number) => {
    connection.open()
    if (number > 1) return connection.send(eventText(a, 3))
    connection.send(`data: ${'x'.repeat(1_100_000)}`)
  })
  t.strictSame((await take(3, watchImages('all', server))).map(short), [opened, opened, 'a 3'])
})
