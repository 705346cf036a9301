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
  /** How long `publish` waits for the acknowledgement. */
  budgetMs: number
  /** Bounds the events in the queue and so the memory. When the queue is full, `publish` throws at once. */
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
/** Compression shrinks ten events to a sixth in 0.2 ms; a single event hardly gets smaller. */
const compressedFrom = 10
/** Bounds disconnecting, because kafkajs first waits for outstanding responses, which a hanging broker never sends. */
const disconnectMs = 500

/**
 * Creates a publisher of events, keyed by image id so that the events of an image keep their order.
 *
 * While one batch is being sent, events for the next one queue up: an event on its own is sent at once, and under load hundreds
 * share a round trip.
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
   * @throws DependencyUnavailable (a retry can help) after `budgetMs`, or at once when the queue is full. The event may
   *   still arrive later; consumers recognise duplicates by `source` and `id`.
   */
  function publish(event: ImageEvent): Promise<void> {
    const topic = topicPrefix + topicOf(event)
    const attributes = { 'messaging.system': 'kafka', 'messaging.destination.name': topic }
    return withSpan(`send ${topic}`, { kind: SpanKind.PRODUCER, attributes }, () => enqueue(event))
  }

  function enqueue(event: ImageEvent): Promise<void> {
    if (queue.length >= maxWaiting) return Promise.reject(unavailable('the event queue is full'))
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
    // Reset in the same tick as the last check of the queue, so that an event enqueued a microtask later starts a new run.
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

  /** Closes the producer; the next batch opens a new one. */
  async function closeProducer(): Promise<void> {
    const closing = opening
    opening = undefined
    await within(
      disconnectMs,
      closing?.then((producer) => producer.close()).catch(() => {}),
    )
  }

  /** Resolves when the cluster is reachable. */
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

  /** Sends the queued events for up to `budgetMs`, then closes the connections without waiting for a hanging broker. */
  async function close(): Promise<void> {
    await within(budgetMs, sending)
    await Promise.all([closeProducer(), within(disconnectMs, admin.disconnect())])
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

/** Waits for `work`, but no longer than `ms`. */
async function within(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  const done = new AbortController()
  const timeout = sleep(ms, undefined, { signal: done.signal }).catch(() => {})
  await Promise.race([work, timeout]).finally(() => done.abort())
}

const unavailable = (cause: unknown) => new DependencyUnavailable('events', cause)
