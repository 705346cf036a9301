import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { createEventBus } from '../../../events/event-bus.ts'
import { topics } from '../../../events/image-events.ts'
import { createKafka } from '../../../kafka/kafka-client.ts'
import type { KafkaMessage } from '../../../kafka/kafka-message.ts'
import { readCommittedOffsets } from '../../../kafka/read-committed-offsets.ts'
import { createLogger } from '../../../telemetry/logger.ts'
import type { EventBusContractOptions } from '../../events/event-bus-contract.ts'
import { someEvent } from '../../events/some-event.ts'
import { startGroupMember } from '../start-group-member.ts'

interface EventConsumerContractOptions extends EventBusContractOptions {
  /** For clusters that notice only at the end of its session that a member has left (librdkafka's mock). */
  sessionTimeoutMs?: number
}

const budgetMs = 20_000
/** The default of kafkajs. */
const defaultSessionMs = 30_000

/** Tests the consumer against any Kafka cluster, with its own topics and groups. */
export async function testEventConsumerContract(
  t: Test,
  options: EventConsumerContractOptions,
): Promise<void> {
  await t.test(`event consumer contract: ${options.name}`, { jobs: 6 }, async (t) => {
    const logger = createLogger('test', 'silent')
    const kafka = createKafka({ ...options.connection, clientId: 'hashgate-test', logger })

    /** Creates the topics and the group of one test, and a bus to publish to them. */
    async function setUp(t: Test) {
      const topicPrefix = `consumer-${randomUUID().slice(0, 8)}.`
      await options.createTopics?.([topics.processed, topics.rejected].map((topic) => topicPrefix + topic))
      const bus = createEventBus(kafka, { topicPrefix, budgetMs })
      t.teardown(() => bus.close())
      const group = { kafka: withSessions(kafka, options), topicPrefix, groupId: `group-${randomUUID()}` }
      const join = (member: Partial<Parameters<typeof startGroupMember>[1]>) =>
        startGroupMember(t, { ...group, ...member })
      /** The committed offsets of the partitions that have one. */
      const findCommitted = () => readCommitted(kafka, group.groupId, topicPrefix + topics.processed)
      /** Publishes all events in one batch, because librdkafka's mock delivers one batch per fetch. */
      const publish = (imageId: string, ...ids: string[]) =>
        Promise.all(ids.map((id) => bus.publish(someEvent({ imageId, id }))))
      return { bus, join, publish, findCommitted, topicPrefix }
    }

    t.test('an event arrives unchanged, with its partition, offset and timestamp', async (t) => {
      const { bus, join, topicPrefix } = await setUp(t)
      const event = someEvent()
      const rejected = someEvent({ topic: topics.rejected })
      await bus.publish(event)
      await bus.publish(rejected)
      const member = join({})
      await member.seen(event.id)
      await member.seen(rejected.id)
      const received = member.received.find(({ topic }) => topic === topicPrefix + topics.processed)
      t.match(received, { offset: '0', partition: Number, timestamp: Number })
      t.match(received?.headers, [{ name: 'content-type', value: /^application\/cloudevents\+json/ }])
      t.ok(
        Math.abs((received?.timestamp ?? 0) - Date.now()) < 3_600_000,
        'the timestamp is epoch milliseconds',
      )
      t.equal(received?.key?.toString(), event.data.imageId)
      t.strictSame(JSON.parse(received?.value?.toString() ?? ''), event)
      t.strictSame(member.received.map(({ topic }) => topic).sort(), [
        topicPrefix + topics.processed,
        topicPrefix + topics.rejected,
      ])
    })

    t.test('an event whose handler failed is redelivered before any later one', async (t) => {
      const { join, publish } = await setUp(t)
      await publish('image', '1', '2', '3')
      let failures = 2
      const member = join({
        handle: async (id) => {
          if (id === '2' && failures-- > 0) throw new Error('not now')
        },
      })
      await member.seen('3')
      t.strictSame(member.ids(), ['1', '2', '2', '2', '3'])
      const offsets = member.received.map(({ offset }) => offset)
      t.strictSame(offsets, ['0', '1', '1', '1', '2'])
    })

    t.test('the next member gets the unhandled events but not the handled ones', async (t) => {
      const { join, publish } = await setUp(t)
      await publish('image', '1', '2', '3')
      const first = join({
        handle: async (id) => {
          if (id === '2') throw new Error('never')
        },
      })
      await first.seen('2')
      await first.close()
      t.notOk(first.ids().includes('3'))
      const next = join({})
      await next.seen('3')
      t.strictSame(next.ids(), ['2', '3'])
    })

    t.test('a member that is closed finishes the current event, which is not redelivered', async (t) => {
      const { join, publish } = await setUp(t)
      await publish('image', '1', '2')
      const handled = Promise.withResolvers<void>()
      const first = join({ handle: () => handled.promise })
      await first.seen('1')
      const closing = first.close()
      let isClosed = false
      closing.then(() => {
        isClosed = true
      })
      await new Promise((resolve) => setTimeout(resolve, 50))
      t.equal(isClosed, false, 'it waits for the handler')
      handled.resolve()
      await closing
      t.strictSame(first.ids(), ['1'])
      const next = join({})
      await next.seen('2')
      t.strictSame(next.ids(), ['2'])
    })

    t.test('at most the given number of partitions is handled concurrently', async (t) => {
      const { join, publish } = await setUp(t)
      const images = Array.from({ length: 32 }, (_, image) => `image-${image}`)
      await Promise.all(images.map((image) => publish(image, image)))
      let inFlight = 0
      let maxInFlight = 0
      const together = Promise.withResolvers<void>()
      t.teardown(together.resolve)
      const handle = async () => {
        maxInFlight = Math.max(maxInFlight, ++inFlight)
        if (maxInFlight === 2) together.resolve()
        await together.promise
        await new Promise(setImmediate)
        inFlight--
      }
      const member = join({ handle, concurrency: 2 })
      await member.seen(...images)
      const positions = member.received.map(({ partition, offset }) => `${partition} ${offset}`)
      t.equal(new Set(positions).size, positions.length, 'each once')
      t.equal(maxInFlight, 2)
    })

    t.test('events of a partition arrive in order, in batches of the given size at most', async (t) => {
      const { join, publish } = await setUp(t)
      const all = Array.from({ length: 9 }, (_, n) => `${n}`)
      await publish('image', ...all)
      const member = join({ batchSize: 4, handleBatch: async () => [] })
      await member.seen('8')
      t.strictSame(member.ids(), all)
      t.ok(member.batches.some((batch) => batch.length > 1))
      t.ok(member.batches.every((batch) => batch.length <= 4))
    })

    t.test(
      'only the failed events of a batch are retried, and the next member starts at the first of them',
      async (t) => {
        const { join, publish } = await setUp(t)
        await publish('image', '1', '2', '3', '4', '5')
        const failing = new Set(['2', '4'])
        const first = join({ handleBatch: async (ids) => ids.filter((id) => failing.has(id)) })
        await first.until((ids) => ids.filter((id) => id === '4').length > 1)
        failing.delete('2')
        await first.until((ids) => ids.lastIndexOf('4') > ids.lastIndexOf('2') + 1)
        await first.close()
        for (const id of ['1', '3', '5']) t.equal(first.ids().filter((found) => found === id).length, 1)
        const next = join({})
        await next.seen('5')
        t.strictSame(next.ids(), ['4', '5'], 'the event after the failed one was handled but not committed')
      },
    )

    t.test('an offset is committed only after the event was handled', async (t) => {
      const { join, publish, findCommitted } = await setUp(t)
      await publish('image', '1')
      const effect = Promise.withResolvers<void>()
      const member = join({ handle: () => effect.promise })
      await member.seen('1')
      t.strictSame(await findCommitted(), [])
      effect.resolve()
      await member.close()
      t.strictSame(await findCommitted(), ['1'])
    })

    t.test('the next member gets the events that a closed member had not started', async (t) => {
      const { join, publish } = await setUp(t)
      await publish('image', '1', '2', '3')
      const first = join({
        handleBatch: async (ids, signal) => {
          if (!signal.aborted) await once(signal, 'abort')
          return ids.filter((id) => id !== '1')
        },
      })
      await first.seen('1')
      await first.close()
      const next = join({})
      await next.seen('3')
      t.strictSame(next.ids(), ['2', '3'])
    })

    for (const trouble of ['hangs', 'fails']) {
      t.test(`a partition that ${trouble} does not block others`, async (t) => {
        const { join, publish } = await setUp(t)
        const images = Array.from({ length: 16 }, (_, image) => `image-${image}`)
        const released = Promise.withResolvers<void>()
        const handle = async (id: string) => {
          if (id !== 'trouble') return
          if (trouble === 'fails') throw new Error('never')
          await released.promise
        }
        const member = join({ handle, concurrency: 2 })
        t.teardown(released.resolve)
        await Promise.all(images.map((image) => publish(image, image)))
        await member.seen(...images)
        const troubled = partitionOf(member.received, 'image-0')
        const others = images.filter((image) => partitionOf(member.received, image) !== troubled)
        t.ok(others.length > 0)

        await publish('image-0', 'trouble', 'behind')
        await member.seen('trouble')
        for (const round of ['a', 'b', 'c']) {
          await Promise.all(others.map((image) => publish(image, `${image}-${round}`)))
          await member.seen(...others.map((image) => `${image}-${round}`))
        }
        t.notOk(member.ids().includes('behind'), 'order is kept')
      })
    }

    t.test('a member whose event takes longer than a session stays in the group', async (t) => {
      const { join, publish } = await setUp(t)
      await publish('image', '1', '2')
      const sessionMs = options.sessionTimeoutMs ?? defaultSessionMs
      const member = join({ handle: (id) => sleep(id === '1' ? sessionMs * 1.5 : 0) })
      await member.seen('2')
      t.strictSame(member.ids(), ['1', '2'])
    })

    t.test('a member does not commit offsets of a reassigned partition', async (t) => {
      const { join, publish } = await setUp(t)
      const images = Array.from({ length: 32 }, (_, image) => `image-${image}`)
      await Promise.all(images.map((image) => publish(image, image)))
      const released = Promise.withResolvers<string[]>()
      const first = join({ concurrency: 16, handleBatch: () => released.promise })
      t.teardown(() => released.resolve([]))
      await first.seen(...images)
      const shared = partitionsOf(first.received).size / 2

      const second = join({ concurrency: 16, handleBatch: waitAndFail })
      await second.until(() => partitionsOf(second.received).size >= shared)
      released.resolve([])
      await first.close()
      await second.close()

      const third = join({})
      const moved = partitionsOf(second.received)
      const expected = images.filter((image) => moved.has(partitionOf(first.received, image) ?? -1))
      await third.seen(...expected)
      t.strictSame(
        third.ids().sort(),
        expected.sort(),
        'without the events of the partitions that the first member kept',
      )
    })
  })
}

async function waitAndFail(ids: string[], signal: AbortSignal): Promise<string[]> {
  if (!signal.aborted) await once(signal, 'abort')
  return ids
}

const partitionsOf = (events: KafkaMessage[]) => new Set(events.map(({ partition }) => partition))

const partitionOf = (events: KafkaMessage[], imageId: string) =>
  events.find(({ key }) => String(key) === imageId)?.partition

async function readCommitted(kafka: KafkaClient, groupId: string, topic: string): Promise<string[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const committed = await readCommittedOffsets(admin, groupId, topic)
    return [...committed.values()].map(String)
  } finally {
    await admin.disconnect()
  }
}

type KafkaClient = ReturnType<typeof createKafka>

/** The same client with another session timeout for its consumers. */
function withSessions(
  kafka: KafkaClient,
  { sessionTimeoutMs: sessionTimeout }: EventConsumerContractOptions,
): Pick<KafkaClient, 'consumer'> {
  if (!sessionTimeout) return kafka
  const sessions = { sessionTimeout, rebalanceTimeout: sessionTimeout, heartbeatInterval: 500 }
  return { consumer: (config) => kafka.consumer({ ...config, ...sessions }) }
}
