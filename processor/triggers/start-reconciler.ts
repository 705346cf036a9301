import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { Handle } from './create-handler.ts'

interface ReconcilerOptions {
  /** Between the end of one run and the start of the next. 0: never. */
  intervalSeconds: number
  handle: Handle
  logger: Logger
}

/** The worker's schedule: does what Lambda's does from outside. The first run is after the first interval. */
export function startReconciler({ intervalSeconds, handle, logger }: ReconcilerOptions) {
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
      await handle({ source: 'aws.events' }, { signal })
    } catch (error) {
      if (!signal.aborted) logger.warn({ operation: 'reconcile', err: error }, 'the reconciler failed')
    }
  }

  /** Begins no more images, and waits for those at hand. */
  async function close(): Promise<void> {
    closing.abort()
    await running
  }

  return { close }
}
