import { hash } from 'node:crypto'
import type { DeliveryRef, WebhookDelivery } from './webhook-delivery.ts'
import { logPosition } from './webhook-delivery.ts'
import type { WebhookEndpoint } from './webhook-endpoint.ts'

/**
 * How endpoints, deliveries and replays are stored in one table:
 *
 *     pk                          sk             what
 *     tenant#‹tenant›             endpoint#07    an endpoint in its slot
 *     ‹endpointId›#‹event id›     delivery       a delivery
 *     ‹endpointId›                replay         the replay that is under way, at most one
 *
 * The sparse index `due` has the deliveries and replays that wait for work; `log` has all deliveries of an endpoint by time.
 */
export const dueIndex = { name: 'due', shard: 'dueShard', at: 'dueAt' } as const
export const logIndex = { name: 'log', endpoint: 'logEndpoint', position: 'logPosition' } as const

/** The shard is derived from the hash of the endpoint's id, so that an endpoint's backlog is in one shard only. */
export const dueShards = '0123456789abcdef'.split('')

export const dueShardOf = (endpointId: string): string => hash('sha256', endpointId).slice(0, 1)

export const endpointKey = ({ tenant, slot }: Pick<WebhookEndpoint, 'tenant' | 'slot'>) => ({
  pk: `tenant#${tenant}`,
  sk: `endpoint#${String(slot).padStart(2, '0')}`,
})

export const deliveryKey = ({ endpointId, eventId }: DeliveryRef) => ({
  pk: `${endpointId}#${eventId}`,
  sk: 'delivery',
})

export const replayKey = (endpointId: string) => ({ pk: endpointId, sk: 'replay' })

const indexAttributes = new Set<string>(['pk', 'sk', dueIndex.shard, logIndex.endpoint, logIndex.position])

export function toDeliveryItem(delivery: WebhookDelivery) {
  return {
    ...deliveryKey(delivery),
    ...delivery,
    ...(delivery.dueAt !== undefined && { [dueIndex.shard]: dueShardOf(delivery.endpointId) }),
    [logIndex.endpoint]: delivery.endpointId,
    [logIndex.position]: logPosition(delivery),
  }
}

/** Removes the keys from a stored item. */
export function fromItem<T>(item: Record<string, unknown>): T {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !indexAttributes.has(name))) as T
}
