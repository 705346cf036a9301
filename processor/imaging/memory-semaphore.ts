import { withSpan } from '../../core/telemetry/with-span.ts'

/** @param signal when aborted, waiting work is not started, and the signal's reason is thrown */
export type WithMemory = <T>(bytes: number, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>

/**
 * Creates a function that runs operations while their memory fits a shared budget of `maxBytes`; the others wait in order. An operation
 * larger than the budget runs alone, and one that needs no memory runs at once.
 */
export function createMemorySemaphore(maxBytes: number): WithMemory {
  const waiting: { bytes: number; start: () => void }[] = []
  let held = 0

  const fits = (bytes: number) => held === 0 || held + bytes <= maxBytes

  function startNext(): void {
    for (let next = waiting[0]; next && fits(next.bytes); next = waiting[0]) {
      waiting.shift()
      held += next.bytes
      next.start()
    }
  }

  function takeTurn(bytes: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const { promise, resolve: start, reject } = Promise.withResolvers<void>()
    const turn = { bytes, start }
    const leave = () => {
      const place = waiting.indexOf(turn)
      if (place < 0) return
      waiting.splice(place, 1)
      reject(signal?.reason)
      startNext()
    }
    signal?.addEventListener('abort', leave, { once: true })
    waiting.push(turn)
    startNext()
    return promise.finally(() => signal?.removeEventListener('abort', leave))
  }

  return async function withMemory(bytes, work, signal) {
    if (bytes === 0) return work()
    await withSpan('wait for memory', {}, async () => takeTurn(bytes, signal))
    try {
      signal?.throwIfAborted()
      return await work()
    } finally {
      held -= bytes
      startNext()
    }
  }
}
