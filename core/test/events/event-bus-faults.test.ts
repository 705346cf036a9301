import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startPausableKafka } from '../../../scripts/testkit/kafka/start-pausable-kafka.ts'
import { startTestKafka } from '../../../scripts/testkit/kafka/start-test-kafka.ts'
import { pollUntil } from '../../../scripts/testkit/poll-until.ts'
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
const isQueueFull = { ...isUnavailable, cause: 'the event queue is full' }
const isTimeout = { ...isUnavailable, cause: `no acknowledgement within ${budgetMs} ms` }

const connect = (brokers: string) =>
  createKafka({ brokers, clientId: 'hashgate-test', logger: createLogger('test', 'silent') })

function open(t: Test, brokers: string, maxWaiting?: number): EventBus {
  const bus = createEventBus(connect(brokers), { topicPrefix, budgetMs, maxWaiting })
  t.teardown(() => bus.close())
  return bus
}

/** Retries until the attempt succeeds. */
async function eventually(attempt: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + 300_000; ; await nextTurn()) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

/** Waits for all and returns the error of each, or undefined for a published event. */
async function errorsOf(publishing: Promise<void>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(publishing)
  return results.map((result) => (result.status === 'rejected' ? result.reason : undefined))
}

t.test('without a broker every event fails within its budget, and closing succeeds', async (t) => {
  const bus = open(t, '127.0.0.1:1')
  await t.rejects(bus.ping(), isUnavailable)
  const errors = await errorsOf(Array.from({ length: 50 }, () => bus.publish(someEvent())))
  for (const error of errors) t.match(error, isUnavailable)
  await bus.close()
})

t.test('a broker that accepts connections and never responds', async (t) => {
  const gate = await startTcpGate(t, 'silent')
  const bus = open(t, gate.address)
  const pinging = t.rejects(bus.ping(), isUnavailable)
  await t.rejects(bus.publish(someEvent()), isTimeout)
  // A process that stalls for the whole budget accepts the connection only after it.
  await pollUntil(() => gate.connections() > 0)
  await bus.close()
  await pinging
})

t.test('events fail at once when the queue is full; queued ones keep their budget', async (t) => {
  const gate = await startTcpGate(t, 'silent')
  const bus = open(t, gate.address, 3)
  let settledCount = 0
  const waiting = Array.from({ length: 3 }, () => bus.publish(someEvent()).finally(() => settledCount++))
  const errors = errorsOf(waiting)
  await t.rejects(bus.publish(someEvent()), isQueueFull)
  t.equal(settledCount, 0)
  for (const error of await errors) t.match(error, isTimeout)
})

t.test('failed events leave the queue, and the bus recovers with Kafka', async (t) => {
  const brokers = await startTestKafka(t)
  const gate = await startTcpGate(t, 'shut', brokers)
  const bus = open(t, gate.address, 5)
  for (let round = 0; round < 2; round++) {
    await eventually(async () => {
      const errors = await errorsOf(Array.from({ length: 5 }, () => bus.publish(someEvent())))
      if (errors.some((error) => (error as Error).cause === isQueueFull.cause)) throw new Error('still full')
      for (const error of errors) t.match(error, isUnavailable)
    })
  }
  await t.rejects(bus.ping(), isUnavailable)
  gate.open()
  await eventually(() => bus.ping())
  await eventually(() => bus.publish(someEvent()))
})

t.test('a broker that freezes and recovers', async (t) => {
  const kafka = await startPausableKafka(t)
  const bus = open(t, kafka.brokers)
  await eventually(() => bus.publish(someEvent()))
  await bus.ping()

  await kafka.pause()
  const lost = someEvent()
  await t.rejects(bus.publish(lost), isTimeout)

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
    'the late event, if it arrives, is before the next',
  )
})

t.test('closing sends the queued events', async (t) => {
  const brokers = await startTestKafka(t)
  const bus = createEventBus(connect(brokers), { topicPrefix, budgetMs: 20_000 })
  await bus.publish(someEvent())
  const errors = errorsOf(Array.from({ length: 1_200 }, () => bus.publish(someEvent())))
  await bus.close()
  t.strictSame(new Set(await errors), new Set([undefined]))
})

t.test('closing with a frozen broker succeeds', async (t) => {
  const kafka = await startPausableKafka(t)
  const bus = open(t, kafka.brokers)
  await eventually(() => bus.publish(someEvent()))
  await kafka.pause()
  const errors = errorsOf(Array.from({ length: 5 }, () => bus.publish(someEvent())))
  const closed = bus.close().then(() => 'closed')
  const timeout = sleep(10_000, 'still closing', { ref: false })
  t.equal(await Promise.race([closed, timeout]), 'closed', 'kafkajs alone would take twice as long')
  for (const error of await errors) t.match(error, isUnavailable)
  await t.rejects(bus.publish(someEvent()), isUnavailable, 'no event is accepted after that')
})

t.test('an unused bus can be closed, even twice', async () => {
  const bus = createEventBus(connect('127.0.0.1:1'), { topicPrefix, budgetMs })
  await bus.close()
  await bus.close()
})
