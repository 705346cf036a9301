import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startPausableKafka } from '../../../scripts/testkit/kafka/start-pausable-kafka.ts'
import { startTestKafka } from '../../../scripts/testkit/kafka/start-test-kafka.ts'
import { startTcpGate } from '../../../scripts/testkit/start-tcp-gate.ts'
import { startTopicReader } from '../../../scripts/testkit/start-topic-reader.ts'
import { createEventBus, type EventBus } from '../../events/event-bus.ts'
import { createKafka } from '../../kafka/kafka-client.ts'
import { createLogger } from '../../telemetry/logger.ts'
import { someEvent } from './some-event.ts'

t.jobs = 4

const budgetMs = 300
const topicPrefix = 'faults.'
const isUnavailable = { name: 'DependencyUnavailable', dependency: 'events' }
const isRefusedAtOnce = { ...isUnavailable, cause: 'the event queue is full' }
const isTooLate = { ...isUnavailable, cause: `no acknowledgement within ${budgetMs} ms` }

const connect = (brokers: string) =>
  createKafka({ brokers, clientId: 'hashgate-test', logger: createLogger('test', 'silent') })

function open(t: Test, brokers: string, maxWaiting?: number): EventBus {
  const bus = createEventBus(connect(brokers), { topicPrefix, budgetMs, maxWaiting })
  t.teardown(() => bus.close())
  return bus
}

/** Tries until it works: by then the other side is back. */
async function eventually(attempt: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; await nextTurn()) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

/** How each of these ends, as soon as all have: undefined for an event that got through. */
async function endsOf(publishing: Promise<void>[]): Promise<unknown[]> {
  const ends = await Promise.allSettled(publishing)
  return ends.map((end) => (end.status === 'rejected' ? end.reason : undefined))
}

t.test('no broker: every event is refused within its budget, and closing ends', async (t) => {
  const bus = open(t, '127.0.0.1:1')
  await t.rejects(bus.ping(), isUnavailable)
  const ends = await endsOf(Array.from({ length: 50 }, () => bus.publish(someEvent())))
  for (const end of ends) t.match(end, isUnavailable)
  await bus.close()
})

t.test('a broker that takes connections and never answers', async (t) => {
  const gate = await startTcpGate(t, 'silent')
  const bus = open(t, gate.address)
  const pinging = t.rejects(bus.ping(), isUnavailable)
  await t.rejects(bus.publish(someEvent()), isTooLate)
  t.ok(gate.connections() > 0)
  await bus.close()
  await pinging
})

t.test('more events than may wait are refused at once; the others get their time', async (t) => {
  const gate = await startTcpGate(t, 'silent')
  const bus = open(t, gate.address, 3)
  let ended = 0
  const waiting = Array.from({ length: 3 }, () => bus.publish(someEvent()).finally(() => ended++))
  const ends = endsOf(waiting)
  await t.rejects(bus.publish(someEvent()), isRefusedAtOnce)
  t.equal(ended, 0)
  for (const end of await ends) t.match(end, isTooLate)
})

t.test('what could not be sent makes room for what comes, and the bus is well when Kafka is', async (t) => {
  const brokers = await startTestKafka(t)
  const gate = await startTcpGate(t, 'shut', brokers)
  const bus = open(t, gate.address, 5)
  for (let round = 0; round < 2; round++) {
    await eventually(async () => {
      const ends = await endsOf(Array.from({ length: 5 }, () => bus.publish(someEvent())))
      if (ends.some((end) => (end as Error).cause === isRefusedAtOnce.cause)) throw new Error('still full')
      for (const end of ends) t.match(end, isUnavailable)
    })
  }
  await t.rejects(bus.ping(), isUnavailable)
  gate.open()
  await eventually(() => bus.ping())
  await eventually(() => bus.publish(someEvent()))
})

t.test('a broker that freezes and comes back', async (t) => {
  const kafka = await startPausableKafka(t)
  const bus = open(t, kafka.brokers)
  await eventually(() => bus.publish(someEvent()))
  await bus.ping()

  await kafka.pause()
  const lost = someEvent()
  await t.rejects(bus.publish(lost), isTooLate)

  kafka.resume()
  const next = someEvent({ imageId: lost.data.imageId })
  await eventually(() => bus.publish(next))
  await eventually(() => bus.ping())
  const reader = await startTopicReader(connect(kafka.brokers), [`${topicPrefix}image.processed`])
  t.teardown(reader.close)
  await reader.waitFor(({ value }) => value === JSON.stringify(next))
  const found = await reader.messagesOf(lost.data.imageId, 1)
  t.equal(
    JSON.parse(found.at(-1)?.value ?? '').id,
    next.id,
    'whether the late one arrives or not, it stays before',
  )
})

t.test('closing lets what waits go out', async (t) => {
  const brokers = await startTestKafka(t)
  const bus = createEventBus(connect(brokers), { topicPrefix, budgetMs: 20_000 })
  await bus.publish(someEvent())
  const ends = endsOf(Array.from({ length: 1_200 }, () => bus.publish(someEvent())))
  await bus.close()
  t.strictSame(new Set(await ends), new Set([undefined]))
})

t.test('closing while a frozen broker keeps events waiting ends', async (t) => {
  const kafka = await startPausableKafka(t)
  const bus = open(t, kafka.brokers)
  await eventually(() => bus.publish(someEvent()))
  await kafka.pause()
  const ends = endsOf(Array.from({ length: 5 }, () => bus.publish(someEvent())))
  const closed = bus.close().then(() => 'closed')
  const patience = sleep(10_000, 'still closing', { ref: false })
  t.equal(await Promise.race([closed, patience]), 'closed', 'kafkajs alone would keep on for twice as long')
  for (const end of await ends) t.match(end, isUnavailable)
  await t.rejects(bus.publish(someEvent()), isUnavailable, 'nothing is accepted after that')
})

t.test('closing a bus that was never used, and closing twice', async () => {
  const bus = createEventBus(connect('127.0.0.1:1'), { topicPrefix, budgetMs })
  await bus.close()
  await bus.close()
})
