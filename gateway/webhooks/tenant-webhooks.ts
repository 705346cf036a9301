import type { FastifyRequest } from 'fastify'
import type { EndpointChange } from '../../core/webhooks/endpoint-table.ts'
import type { WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import type { WebhookStore } from '../../core/webhooks/webhook-store.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'
import { Problem } from '../http/problems.ts'

/** A request that names an endpoint. */
type Asked = Pick<FastifyRequest, 'principal'> & { params: { endpointId: string } }

export type TenantWebhooks = ReturnType<typeof createTenantWebhooks>

/** Other requests and the deliveries change an endpoint too, but rarely. */
const maxAttempts = 5

/** The webhook endpoints of the calling tenant. Those of other tenants are treated as unknown. */
export function createTenantWebhooks({ webhooks }: Pick<GatewayDependencies, 'webhooks'>) {
  /** @throws Problem WEBHOOKS_NOT_ENABLED */
  function store(): WebhookStore {
    if (!webhooks) throw new Problem('WEBHOOKS_NOT_ENABLED')
    return webhooks
  }

  /** @throws Problem WEBHOOK_NOT_FOUND */
  async function find({ principal, params }: Asked): Promise<WebhookEndpoint> {
    const endpoint = await store().endpoints.find(principal.tenant, params.endpointId)
    if (!endpoint) throw new Problem('WEBHOOK_NOT_FOUND')
    return endpoint
  }

  /** @throws Problem WEBHOOK_NOT_FOUND or WEBHOOK_DISABLED */
  async function findEnabled(asked: Asked): Promise<WebhookEndpoint> {
    const endpoint = await find(asked)
    if (endpoint.status === 'disabled') throw new Problem('WEBHOOK_DISABLED')
    return endpoint
  }

  /**
   * Changes an endpoint.
   * @param decide called again with the new state when the endpoint was changed in between
   * @throws Problem WEBHOOK_NOT_FOUND or WEBHOOK_CHANGED_MEANWHILE
   */
  async function change(
    asked: Asked,
    decide: (endpoint: WebhookEndpoint) => EndpointChange,
  ): Promise<WebhookEndpoint> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const endpoint = await find(asked)
      const changed = await store().endpoints.change(endpoint, decide(endpoint))
      if (changed) return changed
    }
    throw new Problem('WEBHOOK_CHANGED_MEANWHILE')
  }

  return { store, find, findEnabled, change }
}
