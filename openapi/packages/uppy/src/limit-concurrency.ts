/** Creates a function that runs at most `max` tasks at a time and queues the rest in order. */
export function limitConcurrency(max: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (task) => {
    if (running < max) running += 1
    else await new Promise<void>((start) => waiting.push(start))
    try {
      return await task()
    } finally {
      const start = waiting.shift()
      // The next task takes over the slot.
      if (start) start()
      else running -= 1
    }
  }
}
