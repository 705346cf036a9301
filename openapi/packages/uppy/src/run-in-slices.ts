/** A frame lasts 16 ms, and rendering needs part of it. */
const sliceMs = 8

/**
 * Creates a function that runs small pieces of work in order, in tasks of a few milliseconds each. One response of the gateway can settle
 * 100 files; reporting them at once would block the page.
 */
export function createSlices(): (work: () => void) => Promise<void> {
  const waiting: (() => void)[] = []
  let isScheduled = false

  function schedule(): void {
    if (isScheduled || waiting.length === 0) return
    isScheduled = true
    startTask(runSlice)
  }

  function runSlice(): void {
    isScheduled = false
    const end = performance.now() + sliceMs
    do waiting.shift()?.()
    while (waiting.length > 0 && performance.now() < end)
    schedule()
  }

  return (work) =>
    new Promise((resolve, reject) => {
      waiting.push(() => {
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      })
      schedule()
    })
}

/** Unlike a timer, a message is not delayed in a background tab. */
function startTask(run: () => void): void {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    run()
  }
  port2.postMessage(undefined)
}
