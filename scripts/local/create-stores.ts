import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { createApiKeyTable } from '../../core/api-keys/key-table.ts'
import { dynamoDbClientOptions, s3ClientOptions } from '../../core/aws/aws-client-options.ts'
import { createCatalogTable } from '../../core/catalog/create-catalog-table.ts'
import { createWebhookTable } from '../../core/webhooks/webhook-store.ts'

/** Addresses and names of the stores, with the setting names of the gateway and the processor. */
export interface StoreSettings {
  AWS_REGION: string
  AWS_ACCESS_KEY_ID: string
  AWS_SECRET_ACCESS_KEY: string
  S3_ENDPOINT: string
  DYNAMODB_ENDPOINT: string
  RAW_BUCKET: string
  PROCESSED_BUCKET: string
  CATALOG_TABLE: string
  KEYS_TABLE: string
  /** Absent: webhooks are off. */
  WEBHOOKS_TABLE?: string
}

/** Creates the buckets and tables that CloudFormation creates in production, unless they exist. */
export async function createStores(settings: StoreSettings): Promise<void> {
  const { s3, dynamoDb, close } = connectStores(settings)
  await createBuckets(s3, [settings.RAW_BUCKET, settings.PROCESSED_BUCKET])
  await createCatalogTable(dynamoDb, settings.CATALOG_TABLE)
  await createApiKeyTable(dynamoDb, settings.KEYS_TABLE)
  if (settings.WEBHOOKS_TABLE) await createWebhookTable(dynamoDb, settings.WEBHOOKS_TABLE)
  close()
}

/** S3 and DynamoDB clients for scripts that create or read the stores. */
export function connectStores(settings: StoreSettings) {
  const credentials = {
    accessKeyId: settings.AWS_ACCESS_KEY_ID,
    secretAccessKey: settings.AWS_SECRET_ACCESS_KEY,
  }
  const s3 = new S3Client({ ...s3ClientOptions(settings), credentials })
  const dynamoDb = new DynamoDBClient({ ...dynamoDbClientOptions(settings), credentials })
  function close(): void {
    s3.destroy()
    dynamoDb.destroy()
  }
  return { s3, dynamoDb, close }
}

async function createBuckets(s3: S3Client, names: string[]): Promise<void> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand())
  const missing = names.filter((name) => !Buckets.some(({ Name }) => Name === name))
  await Promise.all(missing.map((Bucket) => s3.send(new CreateBucketCommand({ Bucket }))))
}
