import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createTableOnce } from '../aws/create-table-once.ts'
import type { DocumentClient } from '../aws/document-client.ts'
import { enableTimeToLive } from '../aws/enable-time-to-live.ts'
import { translateErrors } from '../aws/translate-errors.ts'
import { createDeliveryTable } from './delivery-table.ts'
import { createEndpointTable } from './endpoint-table.ts'
import { dueIndex, logIndex } from './webhook-items.ts'

export type WebhookStore = ReturnType<typeof openWebhookStore>

/** The webhook endpoints and deliveries in the table `tableName`. @param now epoch milliseconds */
export function openWebhookStore(client: DocumentClient, tableName: string, now: () => number = Date.now) {
  /** Resolves when the table is reachable. @throws DependencyUnavailable */
  async function ping(signal?: AbortSignal): Promise<void> {
    const describe = new DescribeTableCommand({ TableName: tableName })
    await translateErrors(client.send(describe, { abortSignal: signal }), 'webhooks')
  }

  return {
    endpoints: createEndpointTable(client, tableName, now),
    deliveries: createDeliveryTable(client, tableName, now),
    ping,
  }
}

/** Creates the DynamoDB table of webhooks where CloudFormation does not. Returns whether it is new. */
export async function createWebhookTable(client: DynamoDBClient, tableName: string): Promise<boolean> {
  const isNew = await createTableOnce(client, {
    TableName: tableName,
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: dueIndex.shard, AttributeType: 'S' },
      { AttributeName: dueIndex.at, AttributeType: 'N' },
      { AttributeName: logIndex.endpoint, AttributeType: 'S' },
      { AttributeName: logIndex.position, AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: dueIndex.name,
        KeySchema: [
          { AttributeName: dueIndex.shard, KeyType: 'HASH' },
          { AttributeName: dueIndex.at, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['tenant', 'endpointId', 'eventId'] },
      },
      {
        IndexName: logIndex.name,
        KeySchema: [
          { AttributeName: logIndex.endpoint, KeyType: 'HASH' },
          { AttributeName: logIndex.position, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  })
  await enableTimeToLive(client, tableName, isNew)
  return isNew
}
