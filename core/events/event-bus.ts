import { setTimeout as sleep } from 'node:timers/promises'
import { SpanKind } from '@opentelemetry/api'
import { DependencyUnavailable } from '../errors.ts'
import type { ImageEvent } from '../images/image-event.ts'
import type { KafkaClient } from '../kafka/kafka-client.ts'
import { type KafkaProducer, openProducer } from '../kafka/producer.ts'
import { withSpan } from '../telemetry/with-span.ts'
import { headersOf, topicOf } from './image-events.ts'

interface EventBusOptions {
  topicPrefix: string
  /** Longest time that `publish` takes before it gives up. */
  budgetMs: number
  /** Events that may wait for the broker; more are refused at once, so memory stays bounded. */
  maxWaiting?: number
}

export type EventBus = ReturnType<typeof createEventBus>

interface Waiting {
  event: ImageEvent
  abandoned: boolean
  resolve: () => void
  reject: (error: Error) => void
}

const maxBatch = 500
/** Ten events are a sixth of their size for 0.2 ms of work; one alone is hardly smaller. */
const compressedFrom = 10
/** kafkajs waits for answers that are due before it hangs up; a broker that is silent sends none. */
const hangUpMs = 500

/**
 * Publishes events, keyed by image id, so that one image's events keep their order.
 *
 * While one batch is on its way the next one gathers: alone an event leaves at once, under load hundreds share a
 * round trip.
 */
export function createEventBus(
  kafka: KafkaClient,
  { topicPrefix, budgetMs, maxWaiting = 10_000 }: EventBusOptions,
) {
  const admin = kafka.admin()
  let opening: Promise<KafkaProducer> | undefined
  let adminConnected: Promise<void> | undefined
  let queue: Waiting[] = []
  let sending: Promise<void> | undefined

  /**
   * Resolves when all in-sync replicas have the event.
   * @throws DependencyUnavailable (a retry can help) after `budgetMs`, or at once when too many events wait. The event
   *   may still arrive later; consumers tell repeats by `source` and `id`.
   */
  function publish(event: ImageEvent): Promise<void> {
    const topic = topicPrefix + topicOf(event)
    const attributes = { 'messaging.system': 'kafka', 'messaging.destination.name': topic }
    return withSpan(`send ${topic}`, { kind: SpanKind.PRODUCER, attributes }, () => enqueue(event))
  }

  function enqueue(event: ImageEvent): Promise<void> {
    if (queue.length >= maxWaiting) return Promise.reject(unavailable('too many events are waiting'))
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { event, abandoned: false, resolve, reject }
      const timer = setTimeout(() => {
        waiting.abandoned = true
        reject(unavailable(`no acknowledgement within ${budgetMs} ms`))
      }, budgetMs)
      waiting.resolve = () => {
        clearTimeout(timer)
        resolve()
      }
      waiting.reject = (error) => {
        clearTimeout(timer)
        reject(error)
      }
      queue.push(waiting)
      sending ??= sendQueue()
    })
  }

  async function sendQueue(): Promise<void> {
    while (queue.length > 0) {
      await new Promise(setImmediate)
      const batch = queue.slice(0, maxBatch).filter(({ abandoned }) => !abandoned)
      queue = queue.slice(maxBatch)
      if (batch.length > 0) await publishBatch(batch)
    }
    // In the same tick as the last look at the queue: an event that comes a microtask later must find nobody sending.
    sending = undefined
  }

  async function publishBatch(batch: Waiting[]): Promise<void> {
    opening ??= openProducer(kafka)
    try {
      const producer = await opening
      await producer.send(groupByTopic(batch, topicPrefix), { compress: batch.length >= compressedFrom })
      for (const { resolve } of batch) resolve()
    } catch (error) {
      for (const { reject } of batch) reject(unavailable(error))
      await closeProducer()
    }
  }

  /** The next batch gets a new one. */
  async function closeProducer(): Promise<void> {
    const closing = opening
    opening = undefined
    await within(
      hangUpMs,
      closing?.then((producer) => producer.close()).catch(() => {}),
    )
  }

  /** Resolves when the cluster answers. */
  async function ping(): Promise<void> {
    try {
      adminConnected ??= admin.connect()
      await adminConnected
      await admin.describeCluster()
    } catch (error) {
      adminConnected = undefined
      throw unavailable(error)
    }
  }

  /** Lets what waits go out, for as long as `publish` would, then closes the connections. A dead broker holds up nothing. */
  async function close(): Promise<void> {
    await within(budgetMs, sending)
    await Promise.all([closeProducer(), within(hangUpMs, admin.disconnect())])
  }

  return { publish, ping, close }
}

function groupByTopic(batch: Waiting[], topicPrefix: string) {
  const byTopic = Map.groupBy(batch, ({ event }) => topicPrefix + topicOf(event))
  return Array.from(byTopic, ([topic, waiting]) => ({
    topic,
    messages: waiting.map(({ event }) => ({
      key: event.data.imageId,
      value: JSON.stringify(event),
      headers: headersOf(event),
    })),
  }))
}

/** Resolves with the work or after `ms`, whichever comes first. */
async function within(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  const done = new AbortController()
  const timeIsOver = sleep(ms, undefined, { signal: done.signal }).catch(() => {})
  await Promise.race([work, timeIsOver]).finally(() => done.abort())
}

const unavailable = (cause: unknown) => new DependencyUnavailable('events', cause)
