import { limitConcurrency } from '../../core/limit-concurrency.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { DeliveryTable } from '../../core/webhooks/delivery-table.ts'
import type { DueWork } from '../../core/webhooks/due-work.ts'
import type { WebhookReplay } from '../../core/webhooks/replay-table.ts'
import type { WebhookDelivery } from '../../core/webhooks/webhook-delivery.ts'
import type { EndpointCache } from './endpoint-cache.ts'

interface ReplayOptions {
  deliveries: Pick<DeliveryTable, 'claim' | 'listLog' | 'redeliver' | 'continueReplay' | 'endReplay'>
  endpoints: Pick<EndpointCache, 'find'>
  /** Epoch milliseconds. */
  now: () => number
  logger: Logger
}

/** Deliveries per step. The position is saved after each, so a killed worker repeats at most so many. */
const pageSize = 100
const maxConcurrentWrites = 10
const leaseMs = 60_000

/**
 * Creates the function that does one step of a due replay: it schedules a page of deliveries again and saves its position. The replay
 * is then due again, for any worker. It ends early when its endpoint was deleted or disabled. Never rejects.
 */
export function createReplayStep({ deliveries, endpoints, now, logger }: ReplayOptions) {
  const limit = limitConcurrency(maxConcurrentWrites)

  return async function replayStep(due: DueWork): Promise<void> {
    const facts = { operation: 'replay-webhooks', tenant: due.tenant, endpointId: due.endpointId }
    try {
      const replay = await deliveries.claim(due, leaseMs)
      if (replay && 'since' in replay) await schedulePage(replay, facts)
    } catch (error) {
      logger.warn({ ...facts, err: error }, 'a replay of webhooks was interrupted; it will continue')
    }
  }

  async function schedulePage(replay: WebhookReplay, facts: object): Promise<void> {
    const { tenant, endpointId, since, until, position } = replay
    const endpoint = await endpoints.find(tenant, endpointId, now())
    if (!endpoint || endpoint.status === 'disabled') {
      logger.info(facts, 'a replay ended early: the endpoint was deleted or disabled')
      return deliveries.endReplay(replay)
    }
    const page = await deliveries.listLog(endpointId, {
      order: 'oldest',
      after: position ?? since,
      until,
      limit: pageSize,
    })
    const chosen = page.deliveries.filter((delivery) => isReplayed(delivery, replay))
    await Promise.all(chosen.map((delivery) => limit(() => deliveries.redeliver(delivery))))
    logger.info({ ...facts, count: chosen.length }, 'webhook deliveries scheduled again')
    if (page.next) await deliveries.continueReplay(replay, page.next)
    else await deliveries.endReplay(replay)
  }
}

/** A pending delivery is on its way already. */
function isReplayed({ status }: WebhookDelivery, { only }: WebhookReplay): boolean {
  return status !== 'pending' && (only === 'all' || status !== 'delivered')
}
