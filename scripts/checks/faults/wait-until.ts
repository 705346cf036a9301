import { setTimeout as sleep } from 'node:timers/promises'

const pollMs = 250

/** Polls until the condition is true. @returns false if `signal` was aborted first */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    if (await condition()) return true
    await sleep(pollMs, undefined, { signal }).catch(() => {})
  }
  return false
}
