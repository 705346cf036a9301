import { setTimeout as sleep } from 'node:timers/promises'
import { dueShards } from '../../core/webhooks/webhook-items.ts'
import type { WebhookDeliveryParts } from './create-webhook-delivery.ts'

const pauseMs = 500

/**
 * Delivers due webhooks until none is left that can be sent now, or until `endsAtMs`, for a process that runs at intervals. Then
 * it waits for the tries in progress.
 * @param endsAtMs epoch milliseconds; no try begins later
 * @throws DependencyUnavailable
 */
export async function deliverUntil(endsAtMs: number, delivery: WebhookDeliveryParts): Promise<void> {
  const { lanes, now } = delivery
  try {
    while (now() < endsAtMs) {
      const started = await visitAllShards(delivery)
      const isIdle = await settlesWithin(pauseMs, lanes.idle())
      if (started === 0 && isIdle) return
    }
  } finally {
    await lanes.drain()
  }
}

async function visitAllShards({ deliverDue, observer, now }: WebhookDeliveryParts): Promise<number> {
  const visits = await Promise.all(dueShards.map((shard) => deliverDue(shard)))
  await Promise.all(visits.flatMap(({ chores }) => chores))
  const oldestDueAt = Math.min(now(), ...visits.flatMap((visit) => visit.oldestDueAt ?? []))
  observer.oldestDueSeen(now() - oldestDueAt)
  return visits.reduce((sum, { started }) => sum + started, 0)
}

/** Waits for the tries in progress until `endsAtMs`, then begins no further one and waits for those that run. */
export async function finishTries(endsAtMs: number, { lanes, now }: WebhookDeliveryParts): Promise<void> {
  await settlesWithin(Math.max(0, endsAtMs - now()), lanes.idle())
  await lanes.drain()
}

async function settlesWithin(ms: number, work: Promise<void>): Promise<boolean> {
  const timer = new AbortController()
  const timeout = sleep(ms, false, { signal: timer.signal }).catch(() => false)
  const isSettled = await Promise.race([work.then(() => true), timeout])
  timer.abort()
  return isSettled
}
