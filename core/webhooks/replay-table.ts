import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { DocumentClient } from '../aws/document-client.ts'
import { undefinedIfConditionFailed } from '../aws/translate-errors.ts'
import { dueIndex, dueShardOf, replayKey } from './webhook-items.ts'

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

/** Stores the replays under way, at most one for each endpoint. */
export function createReplayTable(client: DocumentClient, TableName: string, now: () => number) {
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

  return { startReplay, continueReplay, endReplay }
}
