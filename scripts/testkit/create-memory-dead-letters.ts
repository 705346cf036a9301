import type { DeadLetter, DeadLetters } from '../../core/events/dead-letters.ts'

/** Records dead letters in memory. */
export function createMemoryDeadLetters() {
  const letters: DeadLetter[] = []
  const deadLetters: Pick<DeadLetters, 'publish'> = {
    async publish(letter) {
      letters.push(letter)
    },
  }
  return { ...deadLetters, letters }
}
