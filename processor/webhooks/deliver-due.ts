import type { Logger } from '../../core/telemetry/logger.ts'
import type { DeliveryTable } from '../../core/webhooks/delivery-table.ts'
import type { DueWork } from '../../core/webhooks/due-work.ts'
import { type DeliveryRef, retryWindowMs } from '../../core/webhooks/webhook-delivery.ts'
import type { Deliver } from './deliver.ts'
import type { EndpointCache } from './endpoint-cache.ts'
import type { EndpointStates } from './endpoint-states.ts'
import type { LaneResult, Lanes } from './lanes.ts'
import type { WebhookObserver } from './observer.ts'

interface DeliverDueOptions {
  deliveries: Pick<DeliveryTable, 'listDue' | 'claim' | 'skip' | 'giveUp'>
  endpoints: Pick<EndpointCache, 'find'>
  states: Pick<EndpointStates, 'noteGivenUp' | 'noteFailed'>
  lanes: Pick<Lanes, 'reserve' | 'isInHand' | 'isFailing'>
  deliver: Deliver
  replayStep: (due: DueWork) => Promise<void>
  /** How long a claimed delivery is held. */
  leaseMs: number
  /** Epoch milliseconds. */
  now: () => number
  /** 0 to 1. */
  random: () => number
  observer: Pick<WebhookObserver, 'givenUp'>
  logger: Logger
}

/** The result of one visit of a shard of the due index. */
export interface ShardVisit {
  /** Deliveries and replays that were begun, or queued in their endpoint's lane. */
  started: number
  /** Settle when the replays and the given-up deliveries among them have ended; the others end with their lanes. */
  chores: Promise<void>[]
  /** Pages that were read. */
  pages: number
  /** Epoch milliseconds: since when the oldest delivery has been due whose endpoint does not keep failing. */
  oldestDueAt?: number
}

type DueDelivery = DueWork & DeliveryRef

const pageSize = 500
/** Replays and given-up deliveries that one process works on. They need no receiver, and so no lane. */
const maxChores = 20

export type DeliverDue = ReturnType<typeof createDeliverDue>

/**
 * Creates the function that begins the due deliveries of one shard of the due index, without waiting for them. It reads on past the
 * deliveries of endpoints whose lanes are full, so that these do not hold up others. Deliveries of an endpoint that keeps failing
 * are left unchanged until its next probe, which costs only reading past them.
 */
export function createDeliverDue({
  deliveries,
  endpoints,
  states,
  lanes,
  deliver,
  replayStep,
  leaseMs,
  now,
  random,
  observer,
  logger,
}: DeliverDueOptions) {
  const chores = new Set<string>()

  /** @throws DependencyUnavailable */
  return async function deliverDue(shard: string, signal?: AbortSignal): Promise<ShardVisit> {
    const visit: ShardVisit = { started: 0, chores: [], pages: 0 }
    let from: Record<string, unknown> | undefined
    do {
      const { work, next } = await deliveries.listDue(shard, { limit: pageSize, from })
      visit.pages += 1
      // In random order, so that several workers seldom claim the same.
      for (const due of shuffle(work, random)) note(visit, due)
      from = next
    } while (from && !signal?.aborted)
    return visit
  }

  function note(visit: ShardVisit, due: DueWork): void {
    if (begin(due, visit)) visit.started += 1
    else if (isDelivery(due) && !lanes.isInHand(due) && !lanes.isFailing(due.endpointId))
      visit.oldestDueAt = Math.min(visit.oldestDueAt ?? due.dueAt, due.dueAt)
  }

  /** Returns whether the work was begun here and now. */
  function begin(due: DueWork, visit: ShardVisit): boolean {
    if (!isDelivery(due)) return startChore(due, visit, () => replayStep(due))
    const place = lanes.reserve(due)
    if (place) place.run(() => claimAndDeliver(due))
    if (place || lanes.isInHand(due)) return place !== undefined
    return isExpired(due) && startChore(due, visit, () => giveUp(due))
  }

  async function claimAndDeliver(due: DueDelivery): Promise<LaneResult> {
    try {
      const endpoint = await endpoints.find(due.tenant, due.endpointId, due.dueAt)
      if (!endpoint || endpoint.status === 'disabled') {
        await deliveries.skip(due)
        return 'unknown'
      }
      const claimed = await deliveries.claim(due, leaseMs)
      return claimed && 'body' in claimed ? deliver(claimed) : 'unknown'
    } catch (error) {
      logger.warn({ ...factsOf(due), err: error }, 'a due webhook delivery could not be claimed; will retry')
      return 'unknown'
    }
  }

  /**
   * Whether its retry window has ended for certain, because it has been due for as long. Only deliveries of an endpoint that keeps
   * failing get there; others have their last try before.
   */
  function isExpired({ dueAt, endpointId }: DueDelivery): boolean {
    return lanes.isFailing(endpointId) && dueAt + retryWindowMs < now()
  }

  async function giveUp(due: DueDelivery): Promise<void> {
    try {
      if (!(await deliveries.giveUp(due))) return
      observer.givenUp()
      logger.warn(factsOf(due), 'webhook delivery given up: its endpoint failed for the whole retry window')
      const endpoint = await endpoints.find(due.tenant, due.endpointId, due.dueAt)
      if (endpoint) await states.noteGivenUp(endpoint)
    } catch (error) {
      logger.warn({ ...factsOf(due), err: error }, 'a webhook delivery could not be given up; will retry')
    }
  }

  function startChore(due: DueWork, visit: ShardVisit, chore: () => Promise<void>): boolean {
    const key = `${due.endpointId}#${due.eventId}`
    if (chores.size >= maxChores || chores.has(key)) return false
    chores.add(key)
    visit.chores.push(chore().finally(() => chores.delete(key)))
    return true
  }
}

const isDelivery = (due: DueWork): due is DueDelivery => due.kind === 'delivery' && due.eventId !== undefined

const factsOf = ({ tenant, endpointId, eventId }: DueDelivery) => ({
  operation: 'deliver-webhook',
  tenant,
  endpointId,
  eventId,
})

function shuffle<T>(items: T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item)
}
