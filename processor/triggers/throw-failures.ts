import type { KafkaAnswer } from './read-kafka-event.ts'

/**
 * For an event source that does not look at the answer: there, only a throw makes anything come again, and then all of it.
 * @throws Error that says how many records failed
 */
export function throwFailures(answer: KafkaAnswer | undefined): void {
  const count = answer?.batchItemFailures.length ?? 0
  if (count > 0) throw new Error(`${count} records must come again`)
}
