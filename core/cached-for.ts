/** Caches the result of `load` for `lifetimeMs`, so that concurrent and repeated calls share one. */
export function cachedFor<T>(lifetimeMs: number, load: () => Promise<T>): () => Promise<T> {
  let cached: Promise<T> | undefined
  return () => {
    if (!cached) {
      cached = load()
      setTimeout(() => {
        cached = undefined
      }, lifetimeMs).unref()
    }
    return cached
  }
}
