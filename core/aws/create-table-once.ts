import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'

/** Makes a table, on demand, and waits until it can be used. Returns whether it was made: one that exists is left alone. */
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
