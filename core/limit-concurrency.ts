/** @param slots number of slots that the task takes, 1 by default; limited to all slots */
export type Limit = <T>(task: () => Promise<T>, slots?: number) => Promise<T>

/** Creates a function that runs tasks in at most `max` slots at a time and queues the rest in order. */
export function limitConcurrency(max: number): Limit {
  const waiting: { slots: number; start: () => void }[] = []
  let free = max

  function startNext(): void {
    for (let next = waiting[0]; next && next.slots <= free; next = waiting[0]) {
      waiting.shift()
      free -= next.slots
      next.start()
    }
  }

  return async function limit(task, requested = 1) {
    const slots = Math.min(requested, max)
    await new Promise<void>((start) => {
      waiting.push({ slots, start })
      startNext()
    })
    try {
      return await task()
    } finally {
      free += slots
      startNext()
    }
  }
}
