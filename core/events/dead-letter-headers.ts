import type { MessageHeader } from '../kafka/kafka-message.ts'

/**
 * Why a message is a dead letter and where it came from. Stored as text headers, beside the message's own:
 *
 *     dead-letter-reason      no_raw_key                         for programs; stable
 *     dead-letter-message     the event names no raw key         for people
 *     dead-letter-topic       image.upload.completed             the topic that replay sends it back to
 *     dead-letter-partition   3
 *     dead-letter-offset      1207
 *     dead-letter-timestamp   2026-11-22T10:00:00.000Z           of the message
 *     dead-letter-failed-at   2026-11-22T10:00:01.250Z
 */
export interface DeadLetterFacts {
  reason: string
  message: string
  /** Full name, prefix included. */
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

/** The message's own headers, with these facts in place of those of an earlier failure. */
export function addDeadLetterHeaders(own: MessageHeader[], facts: DeadLetterFacts): MessageHeader[] {
  const added = Object.entries(names).map(([fact, name]) => ({
    name,
    value: Buffer.from(String(facts[fact as keyof DeadLetterFacts])),
  }))
  return [...withoutDeadLetterHeaders(own), ...added]
}

/** The facts of a dead letter, or undefined when its headers lack the original position. */
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
