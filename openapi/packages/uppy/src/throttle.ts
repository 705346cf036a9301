/** Drops calls that come sooner than `intervalMs` after the creation or the last call that was passed on. */
export function throttle<T>(intervalMs: number, call: (value: T) => void): (value: T) => void {
  let last = performance.now()
  return (value) => {
    const now = performance.now()
    if (now - last < intervalMs) return
    last = now
    call(value)
  }
}
