import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import { startTopicReader, type TopicReader } from '../../../scripts/testkit/start-topic-reader.ts'
import { createEventBus } from '../../events/event-bus.ts'
import { topics } from '../../events/image-events.ts'
import { createKafka, type KafkaOptions } from '../../kafka/kafka-client.ts'
import { createLogger } from '../../telemetry/logger.ts'
import { someEvent } from './some-event.ts'

export interface EventBusContractOptions {
  /** Shown in the test names. */
  name: string
  /** How to reach the cluster. */
  connection: Omit<KafkaOptions, 'clientId' | 'logger'>
  /** Creates topics where the cluster does not create them automatically. */
  createTopics?: (names: string[]) => Promise<void>
}

const budgetMs = 20_000

/** Tests the event bus against any Kafka cluster, on topics with its own prefix. */
export async function testEventBusContract(t: Test, options: EventBusContractOptions): Promise<void> {
  await t.test(`event bus contract: ${options.name}`, async (t) => {
    const topicPrefix = `bus-${randomUUID().slice(0, 8)}.`
    const logger = createLogger('test', 'silent')
    const kafka = createKafka({ ...options.connection, clientId: 'hashgate-test', logger })
    const names = [topics.processed, topics.rejected].map((topic) => topicPrefix + topic)
    await options.createTopics?.(names)
    const bus = createEventBus(kafka, { topicPrefix, budgetMs })
    const reader = await startTopicReader(kafka, names)
    t.teardown(() => Promise.all([bus.close(), reader.close()]))

    await t.test('the cluster is reachable', async (t) => {
      await t.resolves(bus.ping())
    })

    await t.test(
      'a message has the image id as key, the event as value and its content type as header',
      async (t) => {
        const event = someEvent({ imageId: 'a'.repeat(64) })
        await bus.publish(event)
        const [message] = await reader.messagesOf(event.data.imageId, 1)
        t.equal(message?.topic, topicPrefix + topics.processed)
        t.equal(message?.key, event.data.imageId)
        t.equal(message?.value, JSON.stringify(event))
        t.strictSame(message?.headers, { 'content-type': 'application/cloudevents+json; charset=UTF-8' })
      },
    )

    await t.test('an acknowledged event is on its topic for later readers', async (t) => {
      const event = someEvent()
      await bus.publish(event)
      const later = await startTopicReader(kafka, names)
      t.teardown(later.close)
      const [message] = await later.messagesOf(event.data.imageId, 1)
      t.strictSame(JSON.parse(message?.value ?? ''), event)
    })

    await t.test('each event goes to the topic of its type', async (t) => {
      const imageId = 'b'.repeat(64)
      await Promise.all([
        bus.publish(someEvent({ imageId, topic: topics.processed })),
        bus.publish(someEvent({ imageId, topic: topics.rejected })),
      ])
      const found = await reader.messagesOf(imageId, 2)
      t.strictSame(found.map(({ topic }) => topic).sort(), [...names].sort())
    })

    await t.test('events of one image keep their order', async (t) => {
      const images = Array.from({ length: 5 }, (_, image) => `order-${image}`)
      const turns = Array.from({ length: 60 }, (_, turn) => `${turn}`)
      const publishing = turns.flatMap((id) =>
        images.map((imageId) => bus.publish(someEvent({ imageId, id }))),
      )
      await Promise.all(publishing)
      for (const imageId of images) {
        t.strictSame(idsOf(await reader.messagesOf(imageId, turns.length)), turns)
      }
    })

    await t.test('1,000 concurrent events all arrive, each once', async (t) => {
      const images = Array.from({ length: 20 }, (_, image) => `many-${image}`)
      const events = Array.from({ length: 1_000 }, (_, n) =>
        someEvent({ id: `${n}`, imageId: images[n % images.length] }),
      )
      await Promise.all(events.map((event) => bus.publish(event)))
      const ids = await idsUpToNow(reader, images, (imageId) =>
        bus.publish(someEvent({ imageId, id: 'last' })),
      )
      t.equal(ids.length, 1_000)
      t.strictSame(new Set(ids), new Set(events.map(({ id }) => id)))
    })

    await t.test('an event is sent at any number of microtasks after the previous one', async (t) => {
      const later = async (ticks: number): Promise<void> => {
        if (ticks > 0) await later(ticks - 1)
      }
      for (let ticks = 0; ticks < 8; ticks++) {
        await bus.publish(someEvent())
        await later(ticks)
        await bus.publish(someEvent())
      }
      t.pass('all were sent')
    })
  })
}

const idsOf = (found: { value: string }[]): string[] => found.map(({ value }) => JSON.parse(value).id)

/** Publishes a last event per image and returns the ids of all events that arrived before it. */
async function idsUpToNow(
  reader: TopicReader,
  images: string[],
  publishLast: (imageId: string) => Promise<void>,
): Promise<string[]> {
  await Promise.all(images.map(publishLast))
  const ids = await Promise.all(
    images.map(async (imageId) => {
      await reader.waitFor((message) => message.key === imageId && message.value.includes('"id":"last"'))
      return idsOf(await reader.messagesOf(imageId, 1))
    }),
  )
  return ids.flat().filter((id) => id !== 'last')
}
