import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'

/** Creates a table with on-demand capacity and waits until it is active. Returns false, and changes nothing, when it already exists. */
export async function createTableOnce(
  client: DynamoDBClient,
  table: CreateTableCommandInput & { TableName: string },
): Promise<boolean> {
  try {
    await client.send(new CreateTableCommand({ BillingMode: 'PAY_PER_REQUEST', ...table }))
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error
    return false
  }
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: table.TableName })
  return true
}
