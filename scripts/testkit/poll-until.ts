import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again until the answer is there. @throws Error after `seconds`, which only ends a broken test: a busy machine may need minutes */
export async function pollUntil<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  seconds = 300,
): Promise<T> {
  const deadline = Date.now() + seconds * 1_000
  while (Date.now() < deadline) {
    const answer = await ask()
    if (answer) return answer
    await sleep(50)
  }
  throw new Error(`it did not happen within ${seconds} s`)
}
