export type Limit = <T>(task: () => Promise<T>) => Promise<T>

/** Creates a function that runs at most `max` tasks at a time and queues the rest in order. */
export function limitConcurrency(max: number): Limit {
  const waiting: (() => void)[] = []
  let running = 0

  return async function limit(task) {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
