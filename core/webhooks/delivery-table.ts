import {
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import type { DocumentClient } from '../aws/document-client.ts'
import { translateErrors, undefinedIfConditionFailed } from '../aws/translate-errors.ts'
import {
  type DeliveryRef,
  type DeliveryStatus,
  type DeliveryTry,
  logPosition,
  retryWindowMs,
  type WebhookDelivery,
} from './webhook-delivery.ts'
import {
  deliveryKey,
  dueIndex,
  dueShardOf,
  fromItem,
  logIndex,
  replayKey,
  toDeliveryItem,
} from './webhook-items.ts'

/** A delivery or a replay that is due, as the index has it. */
export interface DueWork {
  kind: 'delivery' | 'replay'
  tenant: string
  endpointId: string
  /** Of a delivery. */
  eventId?: string
  /** Epoch milliseconds. A claim succeeds only if it is still the same. */
  dueAt: number
}

/** Delivers the events of an endpoint again, from `since` until the replay was requested, page by page. */
export interface WebhookReplay {
  tenant: string
  endpointId: string
  /** RFC 3339, UTC. */
  since: string
  /** RFC 3339, UTC: when the replay was requested. Later deliveries are not replayed. */
  until: string
  /** Which deliveries are sent again. */
  only: 'all' | 'undelivered'
  /** The log position up to which deliveries are scheduled. */
  position?: string
  /** Epoch milliseconds. */
  dueAt: number
}

/** A delivery as it was read, added or claimed. */
type HeldDelivery = DeliveryRef & Pick<WebhookDelivery, 'dueAt'>

/** What becomes of a delivery after a try. */
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
    return Item && ifInLog(fromItem<WebhookDelivery>(Item))
  }

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

  /** When the work of a shard that has been due longest was due, in epoch milliseconds. */
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

  /**
   * Records a try and what follows. Returns false, and changes nothing, when the lease of the try has passed to another worker.
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

  /**
   * Lists the deliveries of an endpoint.
   * @param order `newest` first for people, `oldest` first for replays
   * @param after the log position of the last entry of the page before
   * @param limit at most 100
   * @returns `next`: the position to continue from, absent at the end
   */
  async function listLog(
    endpointId: string,
    {
      order,
      after,
      until,
      limit,
    }: { order: 'newest' | 'oldest'; after?: string; until?: string; limit: number },
  ): Promise<{ deliveries: WebhookDelivery[]; next?: string }> {
    // Positions begin with a time, so an empty text sorts before all and `~` after all.
    const [low, high] = order === 'newest' ? ['', after ?? until ?? '~'] : [after ?? '', until ?? '~']
    const query = new QueryCommand({
      TableName,
      IndexName: logIndex.name,
      KeyConditionExpression: '#endpoint = :endpoint AND #position BETWEEN :low AND :high',
      ExpressionAttributeNames: { '#endpoint': logIndex.endpoint, '#position': logIndex.position },
      ExpressionAttributeValues: { ':endpoint': endpointId, ':low': low || '0', ':high': high },
      ScanIndexForward: order === 'oldest',
      // BETWEEN includes the entry that `after` names.
      Limit: limit + 1,
    })
    const { Items = [], LastEvaluatedKey } = await translateErrors(client.send(query), 'webhooks')
    const entries = Items.filter((item) => item[logIndex.position] !== after)
    const page = entries.slice(0, limit)
    const isLast = entries.length <= limit && !LastEvaluatedKey
    const next = page.at(-1)?.[logIndex.position] as string | undefined
    const deliveries = await readAll(page.map(({ pk, sk }) => ({ pk, sk })))
    return { deliveries: sortByLog(deliveries, order), ...(!isLast && next && { next }) }
  }

  /** Reads the current items of at most 100 keys; DynamoDB returns at most 16 MB, and the rest as unprocessed keys. */
  async function readAll(keys: Record<string, unknown>[]): Promise<WebhookDelivery[]> {
    const found: WebhookDelivery[] = []
    let open = keys
    while (open.length > 0) {
      const batch = new BatchGetCommand({
        RequestItems: { [TableName]: { Keys: open, ConsistentRead: true } },
      })
      const { Responses, UnprocessedKeys } = await translateErrors(client.send(batch), 'webhooks')
      found.push(...(Responses?.[TableName] ?? []).map((item) => fromItem<WebhookDelivery>(item)))
      open = UnprocessedKeys?.[TableName]?.Keys ?? []
    }
    return found.filter((delivery) => ifInLog(delivery))
  }

  /** Starts a replay. Returns false when one is already under way for the endpoint. */
  async function startReplay(replay: WebhookReplay): Promise<boolean> {
    const put = new PutCommand({
      TableName,
      Item: { ...replayKey(replay.endpointId), ...replay, [dueIndex.shard]: dueShardOf(replay.endpointId) },
      ConditionExpression: 'attribute_not_exists(pk)',
    })
    return (await undefinedIfConditionFailed(client.send(put), 'webhooks')) !== undefined
  }

  /** Saves how far a claimed replay has got and makes it due at once. Returns false when its lease has passed to another worker. */
  async function continueReplay(replay: WebhookReplay, position: string): Promise<boolean> {
    const update = new UpdateCommand({
      TableName,
      Key: replayKey(replay.endpointId),
      UpdateExpression: 'SET #position = :position, #at = :now',
      ConditionExpression: '#at = :held',
      ExpressionAttributeNames: { '#position': 'position', '#at': dueIndex.at },
      ExpressionAttributeValues: { ':position': position, ':now': now(), ':held': replay.dueAt },
    })
    return (await undefinedIfConditionFailed(client.send(update), 'webhooks')) !== undefined
  }

  async function endReplay(replay: WebhookReplay): Promise<void> {
    const command = new DeleteCommand({
      TableName,
      Key: replayKey(replay.endpointId),
      ConditionExpression: '#at = :held',
      ExpressionAttributeNames: { '#at': dueIndex.at },
      ExpressionAttributeValues: { ':held': replay.dueAt },
    })
    await undefinedIfConditionFailed(client.send(command), 'webhooks')
  }

  const ifInLog = (delivery: WebhookDelivery): WebhookDelivery | undefined =>
    delivery.expiresAt > Math.floor(now() / 1000) ? delivery : undefined

  return {
    add,
    find,
    listDue,
    oldestDue,
    claim,
    settle,
    skip,
    giveUp,
    redeliver,
    listLog,
    startReplay,
    continueReplay,
    endReplay,
  }
}

function sortByLog(deliveries: WebhookDelivery[], order: 'newest' | 'oldest'): WebhookDelivery[] {
  const sign = order === 'newest' ? -1 : 1
  return deliveries.sort((a, b) => sign * logPosition(a).localeCompare(logPosition(b)))
}
