import type { HandleBatch } from './batch-runner.ts'
import type { KafkaMessage } from './kafka-message.ts'

/**
 * Hands events over singly and in order, for work in which order counts.
 * @param handle a throw: the same event comes again, before any later one
 */
export function handleOneByOne(handle: (event: KafkaMessage) => Promise<unknown>): HandleBatch {
  return async (events, signal) => {
    for (const [index, event] of events.entries()) {
      if (signal.aborted) return events.slice(index)
      try {
        await handle(event)
      } catch (error) {
        // Nothing is done yet: with the error, the caller can say why.
        if (index === 0) throw error
        return events.slice(index)
      }
    }
    return []
  }
}
