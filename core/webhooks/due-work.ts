import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { DocumentClient } from '../aws/document-client.ts'
import { translateErrors, undefinedIfConditionFailed } from '../aws/translate-errors.ts'
import type { WebhookReplay } from './replay-table.ts'
import type { WebhookDelivery } from './webhook-delivery.ts'
import { deliveryKey, dueIndex, fromItem, replayKey } from './webhook-items.ts'

/** A delivery or a replay that is due, as the index has it. */
export interface DueWork {
  kind: 'delivery' | 'replay'
  tenant: string
  endpointId: string
  /** Present for a delivery. */
  eventId?: string
  /** Epoch milliseconds. A claim succeeds only if it is still the same. */
  dueAt: number
}

/** Finds the deliveries and replays that are due, and leases them to one worker at a time. */
export function createDueWork(client: DocumentClient, TableName: string, now: () => number) {
  /**
   * Lists due work of one shard, the longest due first. Eventually consistent, so a claim can fail.
   * @param from where an earlier call ended
   */
  async function listDue(
    shard: string,
    { limit, from }: { limit: number; from?: Record<string, unknown> },
  ): Promise<{ work: DueWork[]; next?: Record<string, unknown> }> {
    const query = new QueryCommand({
      TableName,
      IndexName: dueIndex.name,
      KeyConditionExpression: '#shard = :shard AND #at <= :now',
      ExpressionAttributeNames: { '#shard': dueIndex.shard, '#at': dueIndex.at },
      ExpressionAttributeValues: { ':shard': shard, ':now': now() },
      Limit: limit,
      ExclusiveStartKey: from,
    })
    const { Items = [], LastEvaluatedKey } = await translateErrors(client.send(query), 'webhooks')
    const work = Items.map(({ sk, tenant, endpointId, eventId, dueAt }) => {
      const isReplay = sk === replayKey(endpointId).sk
      return { kind: isReplay ? 'replay' : 'delivery', tenant, endpointId, eventId, dueAt } as DueWork
    })
    return { work, ...(LastEvaluatedKey && { next: LastEvaluatedKey }) }
  }

  /** The earliest due time of the work in a shard, in epoch milliseconds. */
  async function oldestDue(shard: string): Promise<number | undefined> {
    return (await listDue(shard, { limit: 1 })).work[0]?.dueAt
  }

  /** Takes due work for `leaseMs`. Undefined when another worker has taken it or it is no longer due. */
  async function claim(work: DueWork, leaseMs: number): Promise<WebhookDelivery | WebhookReplay | undefined> {
    const { endpointId, eventId = '', dueAt } = work
    const update = new UpdateCommand({
      TableName,
      Key: work.kind === 'replay' ? replayKey(endpointId) : deliveryKey({ endpointId, eventId }),
      UpdateExpression: 'SET #at = :until',
      ConditionExpression: '#at = :observed',
      ExpressionAttributeNames: { '#at': dueIndex.at },
      ExpressionAttributeValues: { ':until': now() + leaseMs, ':observed': dueAt },
      ReturnValues: 'ALL_NEW',
    })
    const response = await undefinedIfConditionFailed(client.send(update), 'webhooks')
    return response?.Attributes && fromItem(response.Attributes)
  }

  return { listDue, oldestDue, claim }
}
