import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { Processor } from './create-processor.ts'

interface ReconcilerOptions {
  /** Seconds between the end of one run and the start of the next; 0 turns the reconciler off. */
  intervalSeconds: number
  processor: Pick<Processor, 'reconcile'>
  logger: Logger
}

/** Runs the reconciler on a schedule, for the worker. The first run starts after one interval. */
export function startReconciler({ intervalSeconds, processor, logger }: ReconcilerOptions) {
  const closing = new AbortController()
  const { signal } = closing
  const running = intervalSeconds > 0 ? runUntilClosed() : Promise.resolve()

  async function runUntilClosed(): Promise<void> {
    for (;;) {
      await sleep(intervalSeconds * 1_000, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      await runOnce()
    }
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
    await running
  }

  return { close }
}
