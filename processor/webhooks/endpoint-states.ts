import type { Logger } from '../../core/telemetry/logger.ts'
import type { EndpointChange, EndpointTable } from '../../core/webhooks/endpoint-table.ts'
import type { DisabledReason, WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import type { EndpointCache } from './endpoint-cache.ts'

interface EndpointStatesOptions {
  table: Pick<EndpointTable, 'find' | 'change'>
  cache: Pick<EndpointCache, 'forget'>
  /** Epoch milliseconds. */
  now: () => number
  logger: Logger
}

/** An endpoint that has been failing for this long is disabled. */
const disableAfterMs = 5 * 86_400_000
/** A change fails if another one came first; several workers can note the same failure at once. */
const maxChanges = 5

type Decide = (current: WebhookEndpoint) => EndpointChange | undefined

export type EndpointStates = ReturnType<typeof createEndpointStates>

/** Changes the status of endpoints after deliveries, and only when it differs. All functions throw `DependencyUnavailable`. */
export function createEndpointStates({ table, cache, now, logger }: EndpointStatesOptions) {
  const noteDelivered = (endpoint: WebhookEndpoint) =>
    change(endpoint, ({ status }) =>
      status === 'failing' ? { status: 'active', failingSince: undefined } : undefined,
    )

  /** A delivery was given up. */
  const noteGivenUp = (endpoint: WebhookEndpoint) =>
    change(endpoint, ({ status }) =>
      status === 'active' ? { status: 'failing', failingSince: new Date(now()).toISOString() } : undefined,
    )

  /** A try failed. Disables an endpoint that has been failing for days. */
  async function noteFailed(endpoint: WebhookEndpoint): Promise<void> {
    const isLongFailing = ({ status, failingSince }: WebhookEndpoint) =>
      status === 'failing' && failingSince && now() - Date.parse(failingSince) >= disableAfterMs
    if (isLongFailing(endpoint))
      await disable(endpoint, 'failed', (current) => Boolean(isLongFailing(current)))
  }

  /** The endpoint answered `410 Gone`. @param url that answered: a newer one may work */
  const noteGone = (endpoint: WebhookEndpoint) =>
    disable(endpoint, 'gone', ({ status, url }) => status !== 'disabled' && url === endpoint.url)

  async function disable(
    endpoint: WebhookEndpoint,
    disabledReason: DisabledReason,
    mustDisable: (current: WebhookEndpoint) => boolean,
  ): Promise<void> {
    const changed = await change(endpoint, (current) =>
      mustDisable(current) ? { status: 'disabled', disabledReason } : undefined,
    )
    if (!changed) return
    const { tenant, endpointId } = endpoint
    logger.warn(
      { audit: 'endpoint.disabled', reason: disabledReason, tenant, endpointId },
      'webhook endpoint disabled',
    )
  }

  /** Decides again from a new read while others change the endpoint. Returns whether it was changed. */
  async function change(endpoint: WebhookEndpoint, decide: Decide): Promise<boolean> {
    let current: WebhookEndpoint | undefined = endpoint
    for (let attempt = 0; current && attempt < maxChanges; attempt++) {
      const fields = decide(current)
      if (!fields) return false
      cache.forget(endpoint.tenant)
      if (await table.change(current, fields)) return true
      current = await table.find(endpoint.tenant, endpoint.endpointId)
    }
    return false
  }

  return { noteDelivered, noteGivenUp, noteFailed, noteGone }
}
