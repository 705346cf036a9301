import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import { createEventBus } from '../../event-bus.ts'
import { topics } from '../../events.ts'
import { createKafka } from '../../kafka.ts'
import { createLogger } from '../../logger.ts'
import type { EventBusContractOptions } from './event-bus-contract.ts'
import { someEvent } from './some-event.ts'
import { startGroupMember } from './start-group-member.ts'

interface EventConsumerContractOptions extends EventBusContractOptions {
  /** For clusters that notice that a member has left only when its session is over (librdkafka's mock). */
  sessionTimeoutMs?: number
}

const budgetMs = 20_000

/** What hashgate relies on when it reads events. Runs against any cluster, on topics and groups of its own. */
export async function testEventConsumerContract(
  t: Test,
  options: EventConsumerContractOptions,
): Promise<void> {
  await t.test(`event consumer contract: ${options.name}`, { jobs: 6 }, async (t) => {
    const logger = createLogger('test', 'silent')
    const kafka = createKafka({ ...options.connection, clientId: 'hashgate-test', logger })

    /** Topics and a group for one test, and a bus to feed them. */
    async function prepare(t: Test) {
      const topicPrefix = `consumer-${randomUUID().slice(0, 8)}.`
      await options.createTopics?.([topics.processed, topics.rejected].map((topic) => topicPrefix + topic))
      const bus = createEventBus(kafka, { topicPrefix, budgetMs })
      t.teardown(() => bus.close())
      const group = { kafka: withSessions(kafka, options), topicPrefix, groupId: `group-${randomUUID()}` }
      const join = (handle: (id: string) => Promise<void>, settings: { concurrency?: number } = {}) =>
        startGroupMember(t, { ...group, ...settings, handle })
      const publish = async (imageId: string, ...ids: string[]) => {
        for (const id of ids) await bus.publish(someEvent({ imageId, id }))
      }
      return { bus, join, publish }
    }

    t.test('an event arrives as it was published, with its place', async (t) => {
      const { bus, join } = await prepare(t)
      const event = someEvent()
      const rejected = someEvent({ topic: topics.rejected })
      await bus.publish(event)
      await bus.publish(rejected)
      const member = join(async () => {})
      await member.seen(event.id)
      await member.seen(rejected.id)
      const received = member.received.find(({ topic }) => topic === topics.processed)
      t.match(received, { offset: '0', partition: Number, timestamp: Number })
      t.ok(
        Math.abs((received?.timestamp ?? 0) - Date.now()) < 3_600_000,
        'the timestamp is epoch milliseconds',
      )
      t.equal(received?.key?.toString(), event.data.imageId)
      t.strictSame(JSON.parse(received?.value?.toString() ?? ''), event)
      t.strictSame(member.received.map(({ topic }) => topic).sort(), [topics.processed, topics.rejected])
    })

    t.test('a handler that fails gets the same event again, before any later one', async (t) => {
      const { join, publish } = await prepare(t)
      await publish('image', '1', '2', '3')
      let failures = 2
      const member = join(async (id) => {
        if (id === '2' && failures-- > 0) throw new Error('not now')
      })
      await member.seen('3')
      t.strictSame(member.ids(), ['1', '2', '2', '2', '3'])
      const offsets = member.received.map(({ offset }) => offset)
      t.strictSame(offsets, ['0', '1', '1', '1', '2'])
    })

    t.test('an event that was not handled is the next member’s; what was handled is not', async (t) => {
      const { join, publish } = await prepare(t)
      await publish('image', '1', '2', '3')
      const first = join(async (id) => {
        if (id === '2') throw new Error('never')
      })
      await first.seen('2')
      await first.close()
      t.notOk(first.ids().includes('3'))
      const next = join(async () => {})
      await next.seen('3')
      t.strictSame(next.ids(), ['2', '3'])
    })

    t.test('a member that is closed finishes the event at hand, and nobody gets it again', async (t) => {
      const { join, publish } = await prepare(t)
      await publish('image', '1', '2')
      const atHand = Promise.withResolvers<void>()
      const first = join(() => atHand.promise)
      await first.seen('1')
      const closing = first.close()
      let isClosed = false
      closing.then(() => {
        isClosed = true
      })
      await new Promise((resolve) => setTimeout(resolve, 50))
      t.equal(isClosed, false, 'it waits for the handler')
      atHand.resolve()
      await closing
      t.strictSame(first.ids(), ['1'])
      const next = join(async () => {})
      await next.seen('2')
      t.strictSame(next.ids(), ['2'])
    })

    t.test('as many partitions at the same time as it was told, and no more', async (t) => {
      const { join, publish } = await prepare(t)
      const images = Array.from({ length: 32 }, (_, image) => `image-${image}`)
      await Promise.all(images.map((image) => publish(image, image)))
      let inFlight = 0
      let most = 0
      const together = Promise.withResolvers<void>()
      t.teardown(together.resolve)
      const handle = async () => {
        most = Math.max(most, ++inFlight)
        if (most === 2) together.resolve()
        await together.promise
        await new Promise(setImmediate)
        inFlight--
      }
      const member = join(handle, { concurrency: 2 })
      await member.until((ids) => ids.length >= images.length)
      t.strictSame(member.ids().sort(), images.sort(), 'each once')
      t.equal(most, 2)
    })
  })
}

type KafkaClient = ReturnType<typeof createKafka>

/** The same client, but for how long its consumers are thought to live without a sign. */
function withSessions(
  kafka: KafkaClient,
  { sessionTimeoutMs: sessionTimeout }: EventConsumerContractOptions,
): Pick<KafkaClient, 'consumer'> {
  if (!sessionTimeout) return kafka
  const sessions = { sessionTimeout, rebalanceTimeout: sessionTimeout, heartbeatInterval: 500 }
  return { consumer: (config) => kafka.consumer({ ...config, ...sessions }) }
}
