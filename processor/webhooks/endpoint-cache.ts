import { LRUCache } from 'lru-cache'
import type { EndpointTable } from '../../core/webhooks/endpoint-table.ts'
import type { WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'

/** How long deliveries in progress can use an outdated endpoint. */
const maxAgeMs = 5_000
/** Allowed difference between the clocks of two machines. */
const clockSkewMs = 1_000
const maxTenants = 10_000

export type EndpointCache = ReturnType<typeof createEndpointCache>

/** Caches the endpoints of each tenant. All functions throw `DependencyUnavailable`. */
export function createEndpointCache(table: Pick<EndpointTable, 'list'>, now: () => number = Date.now) {
  const cache = new LRUCache<string, { readAt: number; endpoints: Promise<WebhookEndpoint[]> }>({
    max: maxTenants,
  })

  /** @param asOf epoch milliseconds: the result includes all changes stored by that time */
  function list(tenant: string, asOf: number): Promise<WebhookEndpoint[]> {
    const cached = cache.get(tenant)
    const newest = now()
    const oldest = Math.max(Math.min(asOf + clockSkewMs, newest), newest - maxAgeMs)
    if (cached && cached.readAt >= oldest) return cached.endpoints
    const read = { readAt: newest, endpoints: table.list(tenant) }
    cache.set(tenant, read)
    read.endpoints.catch(() => cache.get(tenant) === read && cache.delete(tenant))
    return read.endpoints
  }

  async function find(tenant: string, endpointId: string, asOf: number) {
    return (await list(tenant, asOf)).find((endpoint) => endpoint.endpointId === endpointId)
  }

  return { list, find, forget: (tenant: string) => cache.delete(tenant) }
}
