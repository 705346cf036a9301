import type { IHeaders } from 'kafkajs'
import type { MessageHeader } from '../kafka/kafka-message.ts'

/**
 * Why a message is a dead letter, and where it came from. As text in its headers, beside its own:
 *
 *     dead-letter-reason      no_raw_key                         for programs; never changes its meaning
 *     dead-letter-message     the event names no raw key         for people
 *     dead-letter-topic       image.upload.completed             where it goes when it is re-driven
 *     dead-letter-partition   3
 *     dead-letter-offset      1207
 *     dead-letter-timestamp   2026-11-22T10:00:00.000Z           of the message
 *     dead-letter-failed-at   2026-11-22T10:00:01.250Z
 */
export interface DeadLetterFacts {
  reason: string
  message: string
  /** With its prefix. */
  topic: string
  partition: number
  offset: string
  timestamp: string
  failedAt: string
}

const prefix = 'dead-letter-'
const names = {
  reason: `${prefix}reason`,
  message: `${prefix}message`,
  topic: `${prefix}topic`,
  partition: `${prefix}partition`,
  offset: `${prefix}offset`,
  timestamp: `${prefix}timestamp`,
  failedAt: `${prefix}failed-at`,
} as const satisfies Record<keyof DeadLetterFacts, string>

export function writeDeadLetterHeaders(own: MessageHeader[], facts: DeadLetterFacts): IHeaders {
  const added = Object.entries(names).map(([fact, name]) => ({
    name,
    value: Buffer.from(String(facts[fact as keyof DeadLetterFacts])),
  }))
  return joinHeaders([...withoutDeadLetterHeaders(own), ...added])
}

/** The facts of a dead letter, or undefined when nothing says where it came from. */
export function readDeadLetterHeaders(headers: MessageHeader[]): DeadLetterFacts | undefined {
  const found = new Map(headers.map(({ name, value }) => [name, value.toString()]))
  const read = (fact: keyof DeadLetterFacts) => found.get(names[fact]) ?? ''
  if (!read('topic')) return undefined
  return {
    reason: read('reason'),
    message: read('message'),
    topic: read('topic'),
    partition: Number(read('partition')),
    offset: read('offset'),
    timestamp: read('timestamp'),
    failedAt: read('failedAt'),
  }
}

export function withoutDeadLetterHeaders(headers: MessageHeader[]): MessageHeader[] {
  return headers.filter(({ name }) => !name.startsWith(prefix))
}

/** In the form of kafkajs, in which a name has one value or several. */
export function joinHeaders(headers: MessageHeader[]): IHeaders {
  const byName = Map.groupBy(headers, ({ name }) => name)
  return Object.fromEntries(
    Array.from(byName, ([name, list]) => {
      const [first, ...more] = list.map(({ value }) => value)
      return [name, more.length > 0 ? [first, ...more] : first]
    }),
  ) as IHeaders
}
