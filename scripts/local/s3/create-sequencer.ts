/**
 * Makes numbers that only grow, also over restarts, as long as the clock does.
 * @returns 16 hex digits
 */
export function createSequencer(now: () => number): () => string {
  let last = 0n
  return function nextSequencer() {
    const fromClock = BigInt(now()) * 1_000_000n
    last = fromClock > last ? fromClock : last + 1n
    return last.toString(16).padStart(16, '0').toUpperCase()
  }
}
