import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseRawKey } from '../../../core/images/object-key.ts'

const times = 3
/** Deliveries of one event are spread over this time, so that they mix with those of other events in random order. */
const spreadMs = 2_000
const retryMs = 500

/**
 * Receives S3 events in place of the processor and delivers each of them to the processor three times. Failed deliveries are
 * retried, as S3 does.
 * @param url the address to which the S3 service posts its events
 */
export async function startEventRepeater(url: string) {
  const target = Promise.withResolvers<string>()
  const deliveries = new Set<Promise<void>>()
  const events: string[] = []
  let delivered = 0
  let isClosing = false

  const server = createServer(async (request, response) => {
    const event = await text(request)
    response.writeHead(204).end()
    // versitygw notifies about every bucket; on AWS, only the raw bucket is configured.
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
    while (!isClosing) {
      if (await isAccepted(processorUrl, event)) {
        delivered += 1
        return
      }
      await sleep(retryMs)
    }
  }

  /** Delivers every event another three times, in a new order. */
  async function repeatAll(): Promise<void> {
    await waitForDeliveries()
    for (const event of events) repeat(event)
    await waitForDeliveries()
  }

  async function waitForDeliveries(): Promise<void> {
    while (deliveries.size > 0) await Promise.all(deliveries)
  }

  async function close(): Promise<void> {
    isClosing = true
    await waitForDeliveries()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  return { notifyTo: target.resolve, repeatAll, counts: () => ({ events: events.length, delivered }), close }
}

function isUpload(event: string): boolean {
  const { Records: [record] = [] } = JSON.parse(event)
  return parseRawKey(record?.s3.object.key ?? '') !== undefined
}

async function isAccepted(url: string, body: string): Promise<boolean> {
  const headers = { 'content-type': 'application/json' }
  try {
    const response = await fetch(url, { method: 'POST', headers, body })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
