import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseRawKey } from '../../../core/images/object-key.ts'

const times = 3
/** The deliveries of one event spread over this time, so they come among those of many others, in no order. */
const spreadMs = 2_000
/** S3 tries again for hours; this one must come to an end. */
const maxAttempts = 10
const retryMs = 500

/**
 * Receives S3 events where the processor would, and gives each of them to the processor three times. What the processor
 * cannot take now comes again, as S3 does it.
 * @param url where the S3 posts its events
 */
export async function startEventRepeater(url: string) {
  const target = Promise.withResolvers<string>()
  const deliveries = new Set<Promise<void>>()
  const events: string[] = []
  let delivered = 0

  const server = createServer(async (request, response) => {
    const event = await text(request)
    response.writeHead(204).end()
    // versitygw tells of every bucket; AWS is asked to tell of this one alone.
    if (!isUpload(event)) return
    events.push(event)
    repeat(event)
  })
  server.listen(Number(new URL(url).port), '127.0.0.1')
  await once(server, 'listening')

  function repeat(event: string): void {
    for (let time = 0; time < times; time++) {
      const delivery = deliver(event).finally(() => deliveries.delete(delivery))
      deliveries.add(delivery)
    }
  }

  async function deliver(event: string): Promise<void> {
    const processorUrl = await target.promise
    await sleep(Math.random() * spreadMs)
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      if (await isTaken(processorUrl, event)) {
        delivered += 1
        return
      }
      await sleep(retryMs)
    }
  }

  /** Gives every event that there was once more, in a new order. */
  async function repeatAll(): Promise<void> {
    await settle()
    for (const event of events) repeat(event)
    await settle()
  }

  async function settle(): Promise<void> {
    while (deliveries.size > 0) await Promise.all(deliveries)
  }

  async function close(): Promise<void> {
    await settle()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  return { notifyTo: target.resolve, repeatAll, counts: () => ({ events: events.length, delivered }), close }
}

function isUpload(event: string): boolean {
  const { Records: [record] = [] } = JSON.parse(event)
  return parseRawKey(record?.s3.object.key ?? '') !== undefined
}

async function isTaken(url: string, body: string): Promise<boolean> {
  const headers = { 'content-type': 'application/json' }
  try {
    const response = await fetch(url, { method: 'POST', headers, body })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
