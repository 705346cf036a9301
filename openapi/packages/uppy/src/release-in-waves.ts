interface WaveOptions {
  /** The next wave begins when at most this many tasks are left. */
  lowWater: number
  maxWave: number
}

/**
 * Creates a function that starts tasks in waves: those that arrive while others run wait until few of them are left. So most files
 * share the call that requests their URLs, and no URL is requested long before it is needed.
 */
export function createWaves({ lowWater, maxWave }: WaveOptions): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0

  function startWave(): void {
    if (running > lowWater) return
    const wave = waiting.splice(0, maxWave)
    running += wave.length
    for (const start of wave) start()
  }

  return async (task) => {
    await new Promise<void>((start) => {
      waiting.push(start)
      startWave()
    })
    try {
      return await task()
    } finally {
      running -= 1
      startWave()
    }
  }
}
