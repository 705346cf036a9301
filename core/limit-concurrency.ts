export type Limit = <T>(work: () => Promise<T>) => Promise<T>

/** Makes a function that runs what it is given, `max` at a time, the rest in the order in which it came. */
export function limitConcurrency(max: number): Limit {
  const waiting: (() => void)[] = []
  let running = 0

  return async function limit(work) {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
