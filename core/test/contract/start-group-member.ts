import { EventEmitter, on } from 'node:events'
import type { Test } from 'tap'
import { type ReceivedEvent, startEventConsumer } from '../../event-consumer.ts'
import { topics } from '../../events.ts'
import { createLogger } from '../../logger.ts'

interface MemberOptions {
  kafka: Parameters<typeof startEventConsumer>[0]
  topicPrefix: string
  groupId: string
  concurrency?: number
  /** What to do with each event, by its id. */
  handle: (id: string) => Promise<void>
}

const patienceMs = 60_000

/** Our consumer, with a list of all that it was handed. */
export function startGroupMember(t: Test, { handle, concurrency = 1, ...group }: MemberOptions) {
  const received: ReceivedEvent[] = []
  const arrivals = new EventEmitter().setMaxListeners(0)
  const consumer = startEventConsumer(group.kafka, {
    ...group,
    concurrency,
    topics: [topics.processed, topics.rejected],
    handle: async (event) => {
      received.push(event)
      arrivals.emit('event')
      await handle(idOf(event))
    },
    logger: createLogger('test', 'silent'),
  })
  t.teardown(() => consumer.close())

  const ids = (): string[] => received.map(idOf)

  async function until(isEnough: (ids: string[]) => boolean): Promise<void> {
    if (isEnough(ids())) return
    for await (const _ of on(arrivals, 'event', { signal: AbortSignal.timeout(patienceMs) })) {
      if (isEnough(ids())) return
    }
  }

  const seen = (id: string): Promise<void> => until((all) => all.includes(id))

  return { received, ids, seen, until, close: consumer.close }
}

const idOf = ({ value }: ReceivedEvent): string => JSON.parse(String(value)).id
