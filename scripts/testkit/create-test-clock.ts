import type { Timers } from '../../processor/pipeline/timers.ts'

export type TestClock = ReturnType<typeof createTestClock>

/**
 * Creates a clock that stands still until the test moves it. Setting `nowMs` changes the time of day only; `advance` lets time pass
 * and runs the timers that are due.
 */
export function createTestClock(startMs: number) {
  const scheduled = new Set<{ atMs: number; callback: () => void }>()
  let uptimeMs = 0
  const timers: Timers = {
    uptimeMs: () => uptimeMs,
    schedule: (ms, callback) => {
      const timer = { atMs: uptimeMs + ms, callback }
      scheduled.add(timer)
      return () => void scheduled.delete(timer)
    },
  }

  const clock = {
    /** Epoch milliseconds. */
    nowMs: startMs,
    now: () => clock.nowMs,
    timers,
    advance(ms: number): void {
      clock.nowMs += ms
      uptimeMs += ms
      for (const timer of scheduled) {
        if (timer.atMs > uptimeMs) continue
        scheduled.delete(timer)
        timer.callback()
      }
    },
  }
  return clock
}
