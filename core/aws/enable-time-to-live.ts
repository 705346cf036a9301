import {
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'

/**
 * Lets DynamoDB delete items after their `expiresAt` (epoch seconds). A store without TTL is accepted: readers ignore expired
 * items, they only take up space.
 */
export async function enableTimeToLive(
  client: DynamoDBClient,
  tableName: string,
  isNew: boolean,
): Promise<void> {
  const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true }
  try {
    if (!isNew && (await hasTimeToLive(client, tableName))) return
    await client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification }))
  } catch (error) {
    if ((error as Error).name !== 'UnknownOperationException') throw error
  }
}

/** Enabling TTL twice is an error. */
async function hasTimeToLive(client: DynamoDBClient, TableName: string): Promise<boolean> {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }))
  return TimeToLiveDescription?.TimeToLiveStatus?.startsWith('ENABL') ?? false
}
