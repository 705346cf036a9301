import { setTimeout as sleep } from 'node:timers/promises'

const pollMs = 250

/** Asks until the answer is yes. @returns false when `signal` was aborted before */
export async function waitUntil(
  isSo: () => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    if (await isSo()) return true
    await sleep(pollMs, undefined, { signal }).catch(() => {})
  }
  return false
}
