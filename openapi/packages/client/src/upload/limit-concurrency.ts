/** Runs a task when fewer than the maximum are running. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>

/** Creates a function that runs at most `max` tasks at a time and queues the rest in order. */
export function limitConcurrency(max: number): Limit {
  const queue: (() => void)[] = []
  let free = max
  return async (task) => {
    if (free > 0) free -= 1
    else await new Promise<void>((start) => queue.push(start))
    try {
      return await task()
    } finally {
      const next = queue.shift()
      if (next) next()
      else free += 1
    }
  }
}
