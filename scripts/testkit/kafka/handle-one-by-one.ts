import type { HandleBatch } from '../../../core/kafka/batch-runner.ts'
import type { KafkaMessage } from '../../../core/kafka/kafka-message.ts'

/**
 * Handles messages one at a time and in order.
 * @param handle when it throws, the same message is retried before any later one
 */
export function handleOneByOne(handle: (message: KafkaMessage) => Promise<unknown>): HandleBatch {
  return async (messages, signal) => {
    for (const [index, message] of messages.entries()) {
      if (signal.aborted) return messages.slice(index)
      try {
        await handle(message)
      } catch (error) {
        // No message is handled yet, so the consumer reports the error and retries the batch.
        if (index === 0) throw error
        return messages.slice(index)
      }
    }
    return []
  }
}
