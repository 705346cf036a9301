import type { RateLimitCounters } from './rate-limit-counters.ts'

/**
 * Gives each of the worker processes of one gateway its share of every limit, rounded up, because they count apart. Usage is scaled
 * back to the whole limit, which callers see.
 * @param counters those of one worker
 */
export function divideAmongWorkers(counters: RateLimitCounters, workers: number): RateLimitCounters {
  if (workers === 1) return counters
  const shareOf = (max: number) => Math.ceil(max / workers)
  const scale = <T extends { current: number }>(usage: T | undefined, max: number): T | undefined =>
    usage && { ...usage, current: Math.ceil((usage.current * max) / shareOf(max)) }

  return {
    countAddress: (key, done, timeWindowMs, max) =>
      counters.countAddress(
        key,
        (error, usage) => done(error, scale(usage, max)),
        timeWindowMs,
        shareOf(max),
      ),
    reserve: (key, done, timeWindowMs, max, times) =>
      counters.reserve(
        key,
        (error, reservation) => done(error, scale(reservation, max)),
        timeWindowMs,
        shareOf(max),
        times,
      ),
  }
}
