import { EventEmitter, on } from 'node:events'
import type { Test } from 'tap'
import { handleOneByOne } from '../../../scripts/testkit/kafka/handle-one-by-one.ts'
import { topics } from '../../events/image-events.ts'
import { startConsumer } from '../../kafka/consumer.ts'
import type { KafkaMessage } from '../../kafka/kafka-message.ts'
import { createLogger } from '../../telemetry/logger.ts'

/** Handles events by their ids. @returns the ids of those to retry */
type HandleIds = (ids: string[], signal: AbortSignal) => Promise<string[]>

interface MemberOptions {
  kafka: Parameters<typeof startConsumer>[0]
  topicPrefix: string
  groupId: string
  concurrency?: number
  batchSize?: number
  /** Called for one event at a time, in order. */
  handle?: (id: string) => Promise<unknown>
  /** Called instead of `handle`. */
  handleBatch?: HandleIds
}

const timeoutMs = 300_000

/** Starts a consumer that records the messages it receives. */
export function startGroupMember(t: Test, options: MemberOptions) {
  const { handle = async () => {}, handleBatch, concurrency = 1, topicPrefix, ...group } = options
  const received: KafkaMessage[] = []
  const batches: string[][] = []
  const arrivals = new EventEmitter().setMaxListeners(0)

  function record(...messages: KafkaMessage[]): void {
    received.push(...messages)
    batches.push(messages.map(idOf))
    arrivals.emit('event')
  }

  const consumer = startConsumer(group.kafka, {
    ...group,
    concurrency,
    topics: [topicPrefix + topics.processed, topicPrefix + topics.rejected],
    handleBatch: handleBatch
      ? async (events, signal) => {
          record(...events)
          const failed = await handleBatch(events.map(idOf), signal)
          return events.filter((event) => failed.includes(idOf(event)))
        }
      : handleOneByOne(async (event) => {
          record(event)
          await handle(idOf(event))
        }),
    logger: createLogger('test', 'silent'),
  })
  t.teardown(() => consumer.close())

  const ids = (): string[] => received.map(idOf)

  async function until(isEnough: (ids: string[]) => boolean): Promise<void> {
    if (isEnough(ids())) return
    for await (const _ of on(arrivals, 'event', { signal: AbortSignal.timeout(timeoutMs) })) {
      if (isEnough(ids())) return
    }
  }

  const seen = (...expected: string[]): Promise<void> =>
    until((all) => expected.every((id) => all.includes(id)))

  return { received, batches, ids, seen, until, close: consumer.close }
}

const idOf = ({ value }: KafkaMessage): string => JSON.parse(String(value)).id
