import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { ObjectCreatedEvent } from '../../../local/s3/events/object-created-event.ts'

export type ReceivedRecord = ObjectCreatedEvent['Records'][number]

/**
 * Starts a webhook that receives events.
 * @param answer returns the status for an event; a promise that never resolves makes the receiver hang
 */
export async function startWebhook(
  t: Test,
  answer: (record: ReceivedRecord, attempt: number) => number | Promise<number> = () => 200,
) {
  const received: ReceivedRecord[] = []
  const arrivals = new EventEmitter()
  const server = createServer(async (request, response) => {
    const [record] = ((await json(request)) as ObjectCreatedEvent).Records
    if (!record) throw new Error('an event without a record')
    received.push(record)
    const attempt = received.filter(({ s3 }) => s3.object.sequencer === record.s3.object.sequencer).length
    arrivals.emit('arrival')
    response.writeHead(await answer(record, attempt)).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })

  /** Resolves as soon as the received records satisfy the condition. */
  async function until(isEnough: (records: ReceivedRecord[]) => boolean): Promise<ReceivedRecord[]> {
    while (!isEnough(received)) await once(arrivals, 'arrival')
    return received
  }

  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, until, received }
}
