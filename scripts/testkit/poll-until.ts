import { setTimeout as sleep } from 'node:timers/promises'

/** Polls until the result is defined. @throws Error after `seconds`. Choose it for broken tests: a busy machine may need minutes */
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
  throw new Error(`the polled condition was not met within ${seconds} s`)
}
