import { setTimeout as sleep } from 'node:timers/promises'

/** How long Kafka's temporary errors are retried. */
export const retryMs = 30_000
const pauseMs = 100

/** Repeats a request to Kafka while its error is temporary, for up to 30 seconds. @throws the last error */
export async function retryWhile<T>(
  isTemporary: (error: unknown) => boolean,
  ask: () => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(retryMs)
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isTemporary(error) || deadline.aborted) throw error
      await sleep(pauseMs)
    }
  }
}
