import type { Logger } from '../../core/telemetry/logger.ts'
import { dueShards } from '../../core/webhooks/webhook-items.ts'
import { systemTimers, type Timers } from '../pipeline/timers.ts'
import type { DeliverDue } from './deliver-due.ts'
import type { WebhookObserver } from './observer.ts'

interface DuePollerOptions {
  deliverDue: DeliverDue
  /** Epoch milliseconds. */
  now: () => number
  /** 0 to 1. */
  random: () => number
  observer: Pick<WebhookObserver, 'oldestDueSeen'>
  logger: Logger
  /** By default the timers of the system. */
  timers?: Pick<Timers, 'schedule'>
}

const idleMs = 1_000
/** A shard with a long backlog is visited less often, because each visit reads all of it. */
const perPageMs = 100
const afterErrorMs = 5_000

/**
 * Visits the shards of the due index until it is closed: each about every second, and at once while there is work. Shards do not wait
 * for each other, and several processes begin at random times.
 */
export function startDuePoller({
  deliverDue,
  now,
  random,
  observer,
  logger,
  timers = systemTimers,
}: DuePollerOptions) {
  const closing = new AbortController()
  const { signal } = closing
  const cancels = new Map<string, () => void>()
  const visits = new Map<string, Promise<void>>()
  for (const shard of dueShards) visitIn(random() * idleMs, shard)

  function visitIn(ms: number, shard: string): void {
    if (signal.aborted) return
    const visitNow = () => {
      visits.set(
        shard,
        visit(shard).then((pauseMs) => visitIn(pauseMs, shard)),
      )
    }
    cancels.set(shard, timers.schedule(ms, visitNow))
  }

  /** Returns the pause until the next visit. */
  async function visit(shard: string): Promise<number> {
    try {
      const { started, pages, oldestDueAt } = await deliverDue(shard, signal)
      observer.oldestDueSeen(oldestDueAt === undefined ? 0 : Math.max(0, now() - oldestDueAt))
      return Math.max(started > 0 ? 0 : idleMs, (pages - 1) * perPageMs)
    } catch (error) {
      if (!signal.aborted) {
        const facts = { operation: 'poll-webhooks', shard, err: error }
        logger.warn(facts, 'due webhook deliveries could not be listed; will retry')
      }
      return afterErrorMs * (1 + random())
    }
  }

  /** Starts no more deliveries. */
  async function close(): Promise<void> {
    closing.abort()
    for (const cancel of cancels.values()) cancel()
    await Promise.all(visits.values())
  }

  return { close }
}
