import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { DocumentClient } from '../aws/document-client.ts'
import { translateErrors, undefinedIfConditionFailed } from '../aws/translate-errors.ts'
import { createDeliveryLog } from './delivery-log.ts'
import { createDueWork } from './due-work.ts'
import { createReplayTable } from './replay-table.ts'
import {
  type DeliveryRef,
  type DeliveryStatus,
  type DeliveryTry,
  ifInLog,
  retryWindowMs,
  type WebhookDelivery,
} from './webhook-delivery.ts'
import { deliveryKey, dueIndex, dueShardOf, fromItem, toDeliveryItem } from './webhook-items.ts'

/** A delivery as it was read, added or claimed. */
type HeldDelivery = DeliveryRef & Pick<WebhookDelivery, 'dueAt'>

/** The state of a delivery after a try. */
export interface Settlement {
  status: DeliveryStatus
  last: DeliveryTry
  /** Epoch milliseconds; only for `pending`. */
  dueAt?: number
}

export type DeliveryTable = ReturnType<typeof createDeliveryTable>

/**
 * Stores webhook deliveries: log and retry store in one. All functions throw `DependencyUnavailable` (a retry can help) when
 * DynamoDB is unreachable, throttles or fails.
 */
export function createDeliveryTable(client: DocumentClient, TableName: string, now: () => number = Date.now) {
  /** Adds a delivery. Returns false when the endpoint already has one of the same event, so a repeated event changes nothing. */
  async function add(delivery: WebhookDelivery): Promise<boolean> {
    const put = new PutCommand({
      TableName,
      Item: toDeliveryItem(delivery),
      ConditionExpression: 'attribute_not_exists(pk)',
    })
    return (await undefinedIfConditionFailed(client.send(put), 'webhooks')) !== undefined
  }

  /** Returns undefined for a delivery that has expired from the log, too. */
  async function find(ref: DeliveryRef): Promise<WebhookDelivery | undefined> {
    const get = new GetCommand({ TableName, Key: deliveryKey(ref), ConsistentRead: true })
    const { Item } = await translateErrors(client.send(get), 'webhooks')
    return Item && ifInLog(fromItem<WebhookDelivery>(Item), now())
  }

  /**
   * Records a try and the next status. Returns false, and changes nothing, when the lease of the try has passed to another worker.
   * @param delivery as it was added or claimed
   */
  async function settle(delivery: WebhookDelivery, { status, last, dueAt }: Settlement): Promise<boolean> {
    const update = new UpdateCommand({
      TableName,
      Key: deliveryKey(delivery),
      UpdateExpression: `SET #status = :status, #last = :last${dueAt === undefined ? '' : ', #at = :next'} ADD tries :one, triesInRow :one${dueAt === undefined ? ' REMOVE #at, #shard' : ''}`,
      ConditionExpression: '#at = :held',
      ExpressionAttributeNames: {
        '#status': 'status',
        '#last': 'last',
        '#at': dueIndex.at,
        ...(dueAt === undefined && { '#shard': dueIndex.shard }),
      },
      ExpressionAttributeValues: {
        ':status': status,
        ':last': last,
        ':one': 1,
        ':held': delivery.dueAt,
        ...(dueAt !== undefined && { ':next': dueAt }),
      },
    })
    return (await undefinedIfConditionFailed(client.send(update), 'webhooks')) !== undefined
  }

  /** Ends a delivery without a try, because its endpoint was deleted or disabled. Changes nothing if `dueAt` has changed. */
  const skip = (due: HeldDelivery): Promise<boolean> => endUntried(due, 'skipped')

  /** Ends a delivery without a try, because its endpoint failed for the whole retry window. Changes nothing if `dueAt` has changed. */
  const giveUp = (due: HeldDelivery): Promise<boolean> => endUntried(due, 'failed')

  async function endUntried(due: HeldDelivery, status: DeliveryStatus): Promise<boolean> {
    const update = new UpdateCommand({
      TableName,
      Key: deliveryKey(due),
      UpdateExpression: 'SET #status = :status REMOVE #at, #shard',
      ConditionExpression: '#at = :held',
      ExpressionAttributeNames: { '#status': 'status', '#at': dueIndex.at, '#shard': dueIndex.shard },
      ExpressionAttributeValues: { ':status': status, ':held': due.dueAt },
    })
    return (await undefinedIfConditionFailed(client.send(update), 'webhooks')) !== undefined
  }

  /**
   * Schedules a delivery again from now, whatever its status, with a full window of retries. Returns false when the log has no
   * such delivery.
   */
  async function redeliver(ref: DeliveryRef): Promise<boolean> {
    const update = new UpdateCommand({
      TableName,
      Key: deliveryKey(ref),
      UpdateExpression:
        'SET #status = :pending, triesInRow = :none, giveUpAt = :giveUpAt, #at = :now, #shard = :shard',
      ConditionExpression: 'attribute_exists(pk) AND expiresAt > :nowSeconds',
      ExpressionAttributeNames: { '#status': 'status', '#at': dueIndex.at, '#shard': dueIndex.shard },
      ExpressionAttributeValues: {
        ':pending': 'pending',
        ':none': 0,
        ':giveUpAt': now() + retryWindowMs,
        ':now': now(),
        ':shard': dueShardOf(ref.endpointId),
        ':nowSeconds': Math.floor(now() / 1000),
      },
    })
    return (await undefinedIfConditionFailed(client.send(update), 'webhooks')) !== undefined
  }

  return {
    add,
    find,
    settle,
    skip,
    giveUp,
    redeliver,
    ...createDueWork(client, TableName, now),
    ...createDeliveryLog(client, TableName, now),
    ...createReplayTable(client, TableName, now),
  }
}
