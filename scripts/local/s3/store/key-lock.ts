export type KeyLock = ReturnType<typeof createKeyLock>

/** Runs the tasks of one key in sequence, so that an object's events are numbered in the order of its writes. */
export function createKeyLock() {
  const tails = new Map<string, Promise<void>>()

  return async function runAlone<T>(key: string, task: () => Promise<T>): Promise<T> {
    const result = (tails.get(key) ?? Promise.resolve()).then(task)
    const tail = result.then(
      () => {},
      () => {},
    )
    tails.set(key, tail)
    try {
      return await result
    } finally {
      if (tails.get(key) === tail) tails.delete(key)
    }
  }
}
