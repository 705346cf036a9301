import { setTimeout as sleep } from 'node:timers/promises'

export const dayMs = 86_400_000

/**
 * Waits for the next period of the clock if this one ends in less than five minutes, so that a test does not run across the boundary. Periods
 * are counted from midnight UTC, or from the epoch if they do not divide a day.
 */
export async function avoidBoundary(periodMs: number): Promise<void> {
  const leftMs = periodMs - (Date.now() % periodMs)
  if (leftMs < neededMs) await sleep(leftMs)
}

const neededMs = 300_000
