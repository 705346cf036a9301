/** Runs a task when a slot is free. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>

/** Creates a function that runs at most `max` tasks at a time and queues the rest in order. */
export function limitConcurrency(max: number): Limit {
  const waiting: (() => void)[] = []
  let running = 0
  return async function limit(task) {
    if (running < max) running += 1
    // The slot of a finished task passes to the next one, so `running` stays the same.
    else await new Promise<void>((start) => waiting.push(start))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
