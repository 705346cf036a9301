export type HoldBytes = <T>(bytes: number, work: () => Promise<T>) => Promise<T>

/**
 * Makes a function that runs work as long as the bytes that it holds fit into `maxBytes` together with those of the other
 * work; the rest waits, in the order in which it came. What is too large for itself alone runs alone; what holds nothing
 * runs at once.
 */
export function limitHeldBytes(maxBytes: number): HoldBytes {
  const waiting: { bytes: number; start: () => void }[] = []
  let held = 0

  const fits = (bytes: number) => held === 0 || held + bytes <= maxBytes

  function startNext(): void {
    for (let next = waiting[0]; next && fits(next.bytes); next = waiting[0]) {
      waiting.shift()
      held += next.bytes
      next.start()
    }
  }

  return async function holdBytes(bytes, work) {
    if (bytes === 0) return work()
    await new Promise<void>((start) => {
      waiting.push({ bytes, start })
      startNext()
    })
    try {
      return await work()
    } finally {
      held -= bytes
      startNext()
    }
  }
}
