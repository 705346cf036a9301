/**
 * Works on at most `max` items at a time, and returns the results in the order of completion.
 * @throws the first error; the results of the items in progress are then dropped
 */
export async function* inParallel<Item, Result>(
  items: readonly Item[],
  max: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void> {
  const running = new Map<number, Promise<{ index: number; result: Result }>>()
  const entries = items.entries()

  function startNext(): void {
    const next = entries.next()
    if (next.done) return
    const [index, item] = next.value
    const started = work(item).then((result) => ({ index, result }))
    started.catch(() => {})
    running.set(index, started)
  }

  for (let slot = 0; slot < max; slot += 1) startNext()
  while (running.size > 0) {
    const { index, result } = await Promise.race(running.values())
    running.delete(index)
    startNext()
    yield result
  }
}
