/** Asks once for all who want to know within `lifetimeMs`: for answers that cost more than whoever asks may know. */
export function cachedFor<T>(lifetimeMs: number, look: () => Promise<T>): () => Promise<T> {
  let seen: Promise<T> | undefined
  return () => {
    if (!seen) {
      seen = look()
      setTimeout(() => {
        seen = undefined
      }, lifetimeMs).unref()
    }
    return seen
  }
}
