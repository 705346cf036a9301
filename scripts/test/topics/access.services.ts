import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createEventTopics } from '../../../core/events/create-event-topics.ts'
import { createDeadLetters } from '../../../core/events/dead-letters.ts'
import { createEventBus } from '../../../core/events/event-bus.ts'
import { topics } from '../../../core/events/image-events.ts'
import { allowAccess, withdrawAccess } from '../../../core/kafka/admin/allow-access.ts'
import { type Follower, followTopics } from '../../../core/kafka/follow-topics.ts'
import { createKafka } from '../../../core/kafka/kafka-client.ts'
import { fixedCredentials } from '../../../core/kafka/kafka-credentials.ts'
import { retryWhile } from '../../../core/kafka/retry-while.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { someEvent } from '../../../core/test/events/some-event.ts'
import { streamGroupPrefix, streamTopics } from '../../../gateway/live-events/event-feed.ts'
import { componentUsers } from '../../services/kafka/component-users.ts'
import { connectServices } from '../../testkit/connect-services.ts'
import { pollUntil } from '../../testkit/poll-until.ts'
import { describeAccess } from '../../topics/describe-access.ts'

const { connection, setting } = await connectServices()
const logger = createLogger('test', 'silent')
const id = randomUUID().slice(0, 8)
const topicPrefix = `access-${id}.`
const groups = { processor: [`processor-${id}`], webhooks: [`webhooks-${id}`] }
const [processorGroup = ''] = groups.processor
const [webhookGroup = ''] = groups.webhooks
const rules = describeAccess({ topicPrefix, users: componentUsers, groups })

function connectAs(username: string) {
  const credentials = fixedCredentials({ username, password: setting('KAFKA_SASL_PASSWORD') })
  return createKafka({ ...connection, credentials, clientId: 'hashgate-test', logger })
}
const operator = connectAs(setting('KAFKA_SASL_USERNAME'))
const gateway = connectAs(componentUsers.gateway)
const processor = connectAs(componentUsers.processor)
const webhooks = connectAs(componentUsers.webhooks)
type Client = typeof gateway
/** kafkajs hides the reason why it cannot find the coordinator of a group. */
const refusal = { message: /authorized|find group coordinator/i }

await createEventTopics(operator, { topicPrefix, partitions: 1, retentionDays: 7 })
const letter = {
  ...{ topic: topics.uploadCompleted, partition: 0, offset: '0', reason: 'test', message: 'test' },
  timestamp: '1764280000000',
  ...{ key: null, value: Buffer.from('letter'), headers: [] },
}

t.teardown(async () => {
  await asAdmin(operator, async (admin) => {
    await admin.deleteTopics({ topics: Object.values(topics).map((topic) => topicPrefix + topic) })
    await admin.deleteGroups([processorGroup, webhookGroup]).catch(() => {})
  })
  await withdrawAccess(
    operator,
    rules.filter(({ name }) => name.includes(id)),
  )
})

t.test('without access rules the logins have no access', async (t) => {
  for (const kafka of [gateway, processor, webhooks])
    t.equal(await publish(kafka, topics.processed), 'refused')
})

t.test('rules are created once, and others of a user are reported', async (t) => {
  const user = `someone-${id}`
  const wanted = [{ user, operation: 'READ', resource: 'GROUP', name: id }] as const
  const other = [{ user, operation: 'WRITE', resource: 'TOPIC', name: id, isPrefix: true }] as const
  t.teardown(() => withdrawAccess(operator, [...wanted, ...other]))
  const state = { user, rule: `READ of GROUP ${id}` }
  t.strictSame(await allowAccess(operator, [...wanted]), [{ ...state, outcome: 'created' }])
  await allowAccess(operator, [...other])
  // Any broker answers, and a new rule reaches each at a different time.
  const states = await pollUntil(async () => {
    const answer = await allowAccess(operator, [...wanted])
    return answer.length === 2 && answer[0]?.outcome === 'kept' ? answer : undefined
  })
  t.strictSame(states, [
    { ...state, outcome: 'kept' },
    { user, rule: `WRITE of TOPIC ${id}*`, outcome: 'extra' },
  ])
})

t.test('only a super user may change access rules', async (t) => {
  await t.rejects(allowAccess(gateway, rules), /This login may not change access rules/)
})

t.test('with its rules each login can do its work', async (t) => {
  const states = await allowAccess(operator, rules)
  t.strictSame(
    states.filter(({ rule, outcome }) => rule.includes(id) && outcome !== 'created'),
    [],
  )
  const stream = await openStream(gateway)
  for (const topic of [topics.uploadRequested, topics.uploadCompleted])
    await t.resolves(
      whenAllowed(() => publishOne(gateway, topic)),
      `the gateway publishes ${topic}`,
    )
  for (const topic of [topics.processed, topics.rejected, topics.reprocessed])
    await t.resolves(
      whenAllowed(() => publishOne(processor, topic)),
      `the processor publishes ${topic}`,
    )
  await t.resolves(
    whenAllowed(() => publishLetter(processor)),
    'the processor writes a dead letter',
  )
  await stream.received
  t.pass("the gateway's live stream gets events")
  await stream.close()
  await whenAllowed(() => consumeOne(processor, processorGroup, topics.uploadCompleted))
  t.pass('the processor reads its topic in its group')
  await whenAllowed(() => consumeOne(webhooks, webhookGroup, topics.processed))
  t.pass('webhooks read their topic in their group')
})

t.test('each login can do nothing beyond its rules', async (t) => {
  const uploads = topicPrefix + topics.uploadCompleted
  for (const [name, kafka] of Object.entries({ gateway, processor, webhooks })) {
    await asAdmin(kafka, async (admin) => {
      await t.rejects(admin.deleteTopics({ topics: [uploads] }), refusal, `${name} cannot delete a topic`)
      await t.rejects(
        admin.createTopics({ topics: [{ topic: `${topicPrefix}other` }], waitForLeaders: false }),
        { errors: [refusal] },
        `${name} cannot create a topic`,
      )
      const { topics: found } = await admin.fetchTopicMetadata({ topics: [topicPrefix + topics.processed] })
      t.equal(found.length, 1, `${name} sees the results`)
    })
  }
  await asAdmin(gateway, async (admin) => {
    await t.rejects(
      admin.fetchOffsets({ groupId: processorGroup, topics: [uploads] }),
      refusal,
      "the gateway cannot read the processor's group",
    )
    await t.rejects(
      admin.deleteGroups([processorGroup]),
      refusal,
      "the gateway cannot delete the processor's group",
    )
  })
  await t.rejects(
    consumeOne(gateway, processorGroup, topics.processed),
    refusal,
    "the gateway cannot join the processor's group",
  )
  await t.rejects(consumeOne(webhooks, processorGroup, topics.processed), refusal)
  await t.rejects(consumeOne(processor, webhookGroup, topics.uploadCompleted), refusal)
  for (const topic of [topics.uploadCompleted, topics.processed])
    t.equal(await publish(webhooks, topic), 'refused', 'webhooks cannot publish')
  await t.rejects(publishLetter(gateway), { cause: refusal }, 'the gateway cannot write dead letters')
  t.equal(
    (await asAdmin(operator, (admin) => admin.listTopics())).filter((name) => name.startsWith(topicPrefix))
      .length,
    Object.keys(topics).length,
    'all topics still exist',
  )
})

/** Repeats the work until all brokers have the new rules. @throws its error after 30 seconds */
function whenAllowed(work: () => Promise<void>): Promise<void> {
  return retryWhile((error) => refusal.message.test(reasonOf(error)), work)
}

/** The clients for publishing hide Kafka's error in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? cause.message : message
}

async function publish(kafka: Client, topic: (typeof topics)[keyof typeof topics]): Promise<string> {
  try {
    await publishOne(kafka, topic)
    return 'accepted'
  } catch (error) {
    const reason = reasonOf(error)
    return /authorized/i.test(reason) ? 'refused' : reason
  }
}

async function publishOne(kafka: Client, topic: (typeof topics)[keyof typeof topics]): Promise<void> {
  const bus = createEventBus(kafka, { topicPrefix, budgetMs: 30_000 })
  try {
    await bus.publish(someEvent({ topic }))
  } finally {
    await bus.close()
  }
}

async function publishLetter(kafka: Client): Promise<void> {
  const deadLetters = createDeadLetters(kafka, { topicPrefix, budgetMs: 30_000 })
  try {
    await deadLetters.publish(letter)
  } finally {
    await deadLetters.close()
  }
}

async function openStream(kafka: Client) {
  const live = Promise.withResolvers<void>()
  const received = Promise.withResolvers<void>()
  const follower: Follower = followTopics(kafka, {
    topics: streamTopics.map((topic) => topicPrefix + topic),
    groupPrefix: streamGroupPrefix,
    onLive: live.resolve,
    onLost: () => {},
    onMessages: () => received.resolve(),
    logger,
  })
  await live.promise
  return { received: received.promise, close: () => follower.close() }
}

/** Resolves with the first message. @throws Kafka's error */
async function consumeOne(kafka: Client, groupId: string, topic: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const consumer = kafka.consumer({ groupId, retry: { retries: 0, restartOnFailure: async () => false } })
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
  promise.catch(() => {})
  try {
    await consumer.connect()
    await consumer.subscribe({ topic: topicPrefix + topic, fromBeginning: true })
    await consumer.run({ eachMessage: async () => resolve() })
    await promise
  } finally {
    await consumer.disconnect()
  }
}

async function asAdmin<T>(
  kafka: Client,
  ask: (admin: ReturnType<Client['admin']>) => Promise<T>,
): Promise<T> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await ask(admin)
  } finally {
    await admin.disconnect()
  }
}
