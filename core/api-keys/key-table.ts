import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { createTableOnce } from '../aws/create-table-once.ts'
import { translateErrors, undefinedIfConditionFailed } from '../aws/translate-errors.ts'
import type { ApiKey } from './api-key.ts'

export type KeyTable = ReturnType<typeof createKeyTable>

/**
 * Stores API keys in their own DynamoDB table. The gateway only reads keys and records their first use; the processor has no access.
 * All functions throw `DependencyUnavailable` (a retry can help) when DynamoDB is unreachable.
 */
export function createKeyTable(client: DynamoDBDocumentClient, TableName: string) {
  async function find(keyId: string): Promise<ApiKey | undefined> {
    const get = new GetCommand({ TableName, Key: { keyId }, ConsistentRead: true })
    return (await translateErrors(client.send(get), 'keys')).Item as ApiKey | undefined
  }

  async function add(key: ApiKey): Promise<void> {
    const put = new PutCommand({
      TableName,
      Item: key,
      ConditionExpression: 'attribute_not_exists(keyId)',
    })
    await translateErrors(client.send(put), 'keys')
  }

  /** Sets a time unless it is already set. Returns whether this call set it. */
  async function mark(keyId: string, field: 'firstUsedAt' | 'revokedAt', nowMs: number): Promise<boolean> {
    const update = new UpdateCommand({
      TableName,
      Key: { keyId },
      UpdateExpression: 'SET #field = :now',
      ConditionExpression: 'attribute_exists(keyId) AND attribute_not_exists(#field)',
      ExpressionAttributeNames: { '#field': field },
      ExpressionAttributeValues: { ':now': new Date(nowMs).toISOString() },
    })
    return (await undefinedIfConditionFailed(client.send(update), 'keys')) !== undefined
  }

  /** Lists all keys or those of one tenant. Scans the whole table, so only commands of the operator call it. */
  async function list(tenant?: string): Promise<ApiKey[]> {
    const found: ApiKey[] = []
    for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
      found.push(...(Items as ApiKey[]))
    }
    return found
      .filter((key) => tenant === undefined || key.tenant === tenant)
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt))
  }

  /** Resolves when the table is reachable. */
  async function ping(signal?: AbortSignal): Promise<void> {
    const describe = new DescribeTableCommand({ TableName })
    await translateErrors(client.send(describe, { abortSignal: signal }), 'keys')
  }

  return { find, add, mark, list, ping }
}

/** Creates the DynamoDB table of API keys where CloudFormation does not. @returns false, and changes nothing, when it exists */
export function createApiKeyTable(client: DynamoDBClient, tableName: string): Promise<boolean> {
  return createTableOnce(client, {
    TableName: tableName,
    AttributeDefinitions: [{ AttributeName: 'keyId', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'keyId', KeyType: 'HASH' }],
  })
}
