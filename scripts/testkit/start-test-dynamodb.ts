import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Test } from 'tap'
import { documentClientOptions } from '../../core/aws/aws-client-options.ts'
import { startLocalDynamoDb } from '../local/start-local-dynamodb.ts'

/** How to reach the embedded DynamoDB. It accepts any credentials. */
export const testDynamoDb = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
}

/** Starts an embedded DynamoDB that ends with the test, and connects clients to it. */
export async function startTestDynamoDb(t: Pick<Test, 'teardown'>) {
  const { endpoint, close } = await startLocalDynamoDb()
  const client = new DynamoDBClient({ endpoint, ...testDynamoDb })
  t.teardown(async () => {
    client.destroy()
    await close()
  })
  return { endpoint, client, documents: DynamoDBDocumentClient.from(client, documentClientOptions) }
}
