import type { Logger } from '../../core/telemetry/logger.ts'
import { systemTimers, type Timers } from '../pipeline/timers.ts'
import type { Processor } from './create-processor.ts'

interface ReconcilerOptions {
  /** Seconds between the end of one run and the start of the next; 0 turns the reconciler off. */
  intervalSeconds: number
  processor: Pick<Processor, 'reconcile'>
  logger: Logger
  /** By default the timers of the system. */
  timers?: Pick<Timers, 'schedule'>
}

/** Runs the reconciler on a schedule, for the worker. The first run starts after one interval. */
export function startReconciler({
  intervalSeconds,
  processor,
  logger,
  timers = systemTimers,
}: ReconcilerOptions) {
  const closing = new AbortController()
  const { signal } = closing
  let cancelNext = () => {}
  let running = Promise.resolve()
  if (intervalSeconds > 0) scheduleNext()

  function scheduleNext(): void {
    if (signal.aborted) return
    cancelNext = timers.schedule(intervalSeconds * 1_000, () => {
      running = runOnce().then(scheduleNext)
    })
  }

  async function runOnce(): Promise<void> {
    try {
      await processor.reconcile({ signal })
    } catch (error) {
      if (!signal.aborted)
        logger.warn({ operation: 'reconcile', err: error }, 'reconciler run failed; the next run will retry')
    }
  }

  /** Starts no more images and waits for those in progress. */
  async function close(): Promise<void> {
    closing.abort()
    cancelNext()
    await running
  }

  return { close }
}
