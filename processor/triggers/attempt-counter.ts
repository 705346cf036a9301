/** What is counted by now, at most: a partition that has gone to another worker takes its counts with it, and nobody says so. */
const maxCounted = 10_000

/** Counts how often something was tried in this process. */
export function createAttemptCounter() {
  const counts = new Map<string, number>()

  /** @returns the tries so far, this one included */
  function add(id: string): number {
    const tries = (counts.get(id) ?? 0) + 1
    counts.delete(id)
    counts.set(id, tries)
    const [oldest] = counts.keys()
    if (counts.size > maxCounted && oldest !== undefined) counts.delete(oldest)
    return tries
  }

  function forget(id: string): void {
    counts.delete(id)
  }

  return { add, forget }
}
