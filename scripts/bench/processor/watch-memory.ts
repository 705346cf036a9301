import { setTimeout as sleep } from 'node:timers/promises'
import { peakMegabytes, residentMegabytes } from './read-process.ts'

const intervalMs = 4

/**
 * Watches short-lived processes, whose memory cannot be read after they have ended. The peak is the larger of a single process's
 * own peak and the highest sum that was seen for all of them at one time.
 */
export function watchMemory() {
  const living = new Set<number>()
  let peak = Number.NaN
  let watching = true
  const watched = watch()

  async function watch(): Promise<void> {
    while (watching) {
      const pids = [...living]
      const resident = await Promise.all(pids.map(residentMegabytes))
      const peaks = await Promise.all(pids.map(peakMegabytes))
      const together = resident.filter(Number.isFinite).reduce((sum, megabytes) => sum + megabytes, 0)
      const seen = [peak, together, ...peaks].filter((megabytes) => megabytes > 0)
      if (seen.length > 0) peak = Math.max(...seen)
      await sleep(intervalMs)
    }
  }

  /** @returns the peak in megabytes, NaN without /proc */
  async function stop(): Promise<number> {
    watching = false
    await watched
    return peak
  }

  return { living, stop }
}
