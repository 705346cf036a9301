import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { DocumentClient } from '../aws/document-client.ts'
import { translateErrors, undefinedIfConditionFailed } from '../aws/translate-errors.ts'
import { maxEndpoints, type NewEndpoint, newEndpoint, type WebhookEndpoint } from './webhook-endpoint.ts'
import { endpointKey, fromItem } from './webhook-items.ts'

/** Fields to change; those that are `undefined` are removed. */
export type EndpointChange = Partial<
  Pick<
    WebhookEndpoint,
    'url' | 'events' | 'description' | 'secrets' | 'status' | 'disabledReason' | 'failingSince'
  >
>

export type EndpointTable = ReturnType<typeof createEndpointTable>

/** Stores the webhook endpoints of all tenants. All functions throw `DependencyUnavailable` (a retry can help). */
export function createEndpointTable(client: DocumentClient, TableName: string, now: () => number = Date.now) {
  /** All endpoints of a tenant, oldest first. */
  async function list(tenant: string): Promise<WebhookEndpoint[]> {
    const query = new QueryCommand({
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :endpoint)',
      ExpressionAttributeValues: { ':pk': endpointKey({ tenant, slot: 0 }).pk, ':endpoint': 'endpoint#' },
    })
    const { Items = [] } = await translateErrors(client.send(query), 'webhooks')
    return Items.map((item) => fromItem<WebhookEndpoint>(item)).sort((a, b) =>
      a.createdAt.localeCompare(b.createdAt),
    )
  }

  async function find(tenant: string, endpointId: string): Promise<WebhookEndpoint | undefined> {
    return (await list(tenant)).find((endpoint) => endpoint.endpointId === endpointId)
  }

  /**
   * Returns the new endpoint, or undefined when the tenant already has `maxEndpoints`.
   * @param check called with the tenant's endpoints, again when another one was created in between; can throw
   */
  async function create(
    request: NewEndpoint,
    check: (existing: WebhookEndpoint[]) => void = () => {},
  ): Promise<WebhookEndpoint | undefined> {
    const created = newEndpoint(request, now())
    for (;;) {
      const existing = await list(request.tenant)
      // When the response to the write was lost, the SDK repeats it, and its condition fails because of the first one.
      const own = existing.find(({ endpointId }) => endpointId === created.endpointId)
      if (own) return own
      check(existing)
      const slot = findFreeSlot(existing)
      if (slot === undefined) return undefined
      const endpoint = { ...created, slot }
      const put = new PutCommand({
        TableName,
        Item: { ...endpointKey(endpoint), ...endpoint },
        ConditionExpression: 'attribute_not_exists(pk)',
      })
      if (await undefinedIfConditionFailed(client.send(put), 'webhooks')) return endpoint
    }
  }

  /**
   * Returns the changed endpoint, or undefined when it was deleted, or changed since `endpoint` was read. Changing the same
   * endpoint again from a new read can help.
   */
  async function change(
    endpoint: WebhookEndpoint,
    change: EndpointChange,
  ): Promise<WebhookEndpoint | undefined> {
    const fields: Record<string, unknown> = { ...change, updatedAt: nextTime(endpoint.updatedAt) }
    const sets = Object.keys(fields).filter((name) => fields[name] !== undefined)
    const removes = Object.keys(fields).filter((name) => fields[name] === undefined)
    const update = new UpdateCommand({
      TableName,
      Key: endpointKey(endpoint),
      UpdateExpression: [
        `SET ${sets.map((name) => `#${name} = :${name}`).join(', ')}`,
        removes.length > 0 ? `REMOVE ${removes.map((name) => `#${name}`).join(', ')}` : '',
      ].join(' '),
      ConditionExpression: 'endpointId = :ofEndpoint AND #updatedAt = :readAt',
      ExpressionAttributeNames: Object.fromEntries(Object.keys(fields).map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(sets.map((name) => [`:${name}`, fields[name]])),
        ':ofEndpoint': endpoint.endpointId,
        ':readAt': endpoint.updatedAt,
      },
      ReturnValues: 'ALL_NEW',
    })
    const response = await undefinedIfConditionFailed(client.send(update), 'webhooks')
    return response?.Attributes && fromItem<WebhookEndpoint>(response.Attributes)
  }

  /** `updatedAt` is the version of an endpoint, so two changes never have the same one. */
  function nextTime(previous: string): string {
    return new Date(Math.max(now(), Date.parse(previous) + 1)).toISOString()
  }

  /** Returns whether the endpoint existed. Its deliveries expire with the log. */
  async function remove(endpoint: WebhookEndpoint): Promise<boolean> {
    const command = new DeleteCommand({
      TableName,
      Key: endpointKey(endpoint),
      ConditionExpression: 'endpointId = :ofEndpoint',
      ExpressionAttributeValues: { ':ofEndpoint': endpoint.endpointId },
    })
    return (await undefinedIfConditionFailed(client.send(command), 'webhooks')) !== undefined
  }

  return { list, find, create, change, remove }
}

/** The lowest, so that simultaneous requests of a tenant compete for the same one. */
function findFreeSlot(existing: WebhookEndpoint[]): number | undefined {
  const taken = new Set(existing.map(({ slot }) => slot))
  const slots = Array.from({ length: maxEndpoints }, (_, slot) => slot)
  return slots.find((slot) => !taken.has(slot))
}
