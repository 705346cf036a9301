import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import { pollUntil } from '../../../../scripts/testkit/poll-until.ts'
import { createEventBus } from '../../../events/event-bus.ts'
import { topics } from '../../../events/image-events.ts'
import { followTopics } from '../../../kafka/follow-topics.ts'
import { createKafka } from '../../../kafka/kafka-client.ts'
import { createLogger } from '../../../telemetry/logger.ts'
import type { EventBusContractOptions } from '../../events/event-bus-contract.ts'
import { someEvent } from '../../events/some-event.ts'

interface FollowContractOptions extends EventBusContractOptions {
  /** librdkafka's mock cannot list or delete groups. */
  hasGroupAdmin: boolean
}

/** Tests following topics on any Kafka cluster, with its own topics and groups. */
export async function testFollowContract(t: Test, options: FollowContractOptions): Promise<void> {
  await t.test(`following topics: ${options.name}`, { jobs: 3 }, async (t) => {
    const logger = createLogger('test', 'silent')
    const kafka = createKafka({ ...options.connection, clientId: 'hashgate-test', logger })

    async function setUp(t: Test) {
      const topicPrefix = `follow-${randomUUID().slice(0, 8)}.`
      const groupPrefix = `follow-test-${randomUUID().slice(0, 8)}-`
      const names = [topics.processed, topics.rejected].map((topic) => topicPrefix + topic)
      await options.createTopics?.(names)
      const bus = createEventBus(kafka, { topicPrefix, budgetMs: 20_000 })
      t.teardown(() => bus.close())
      const follow = async () => {
        const ids: string[] = []
        const live = Promise.withResolvers<void>()
        const { close } = followTopics(kafka, {
          topics: names,
          groupPrefix,
          logger,
          onLive: live.resolve,
          onLost: () => {},
          onMessages: (messages) => ids.push(...messages.map(({ value }) => JSON.parse(String(value)).id)),
        })
        t.teardown(close)
        await live.promise
        return { ids, close, seen: (id: string) => pollUntil(() => ids.includes(id)) }
      }
      return { bus, follow, groupPrefix }
    }

    t.test('every follower gets every event since it went live, and none from before', async (t) => {
      const { bus, follow } = await setUp(t)
      const publish = (id: string) =>
        Promise.all(
          [topics.processed, topics.rejected].flatMap((topic) =>
            ['a', 'b', 'c', 'd'].map((imageId) =>
              bus.publish(someEvent({ topic, imageId, id: `${id} ${topic} ${imageId}` })),
            ),
          ),
        )
      await publish('before')
      const first = await follow()
      await publish('one')
      const second = await follow()
      await publish('two')
      for (const { seen } of [first, second]) {
        for (const topic of [topics.processed, topics.rejected]) {
          for (const imageId of ['a', 'b', 'c', 'd']) await seen(`two ${topic} ${imageId}`)
        }
      }
      t.equal(first.ids.length, 16, 'each event once')
      t.equal(first.ids.filter((id) => id.startsWith('one')).length, 8)
      t.equal(second.ids.length, 8)
      t.strictSame(
        second.ids.filter((id) => !id.startsWith('two')),
        [],
      )
    })

    t.test(
      'a topic that does not exist yet is followed from its first event',
      { skip: options.createTopics && 'this cluster does not create topics' },
      async (t) => {
        const { bus, follow } = await setUp(t)
        const follower = await follow()
        const event = someEvent()
        await bus.publish(event)
        await follower.seen(event.id)
        t.strictSame(follower.ids, [event.id])
      },
    )

    t.test(
      'closing deletes the group',
      { skip: !options.hasGroupAdmin && 'this cluster cannot list groups' },
      async (t) => {
        const { follow, groupPrefix } = await setUp(t)
        const admin = kafka.admin()
        await admin.connect()
        t.teardown(() => admin.disconnect())
        const findGroups = async () =>
          (await admin.listGroups()).groups.filter(({ groupId }) => groupId.startsWith(groupPrefix))
        const { close } = await follow()
        t.equal((await findGroups()).length, 1)
        await close()
        t.strictSame(await findGroups(), [])
      },
    )
  })
}
