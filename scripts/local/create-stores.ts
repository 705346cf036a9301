import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { dynamoDbClientOptions, s3ClientOptions } from '../../core/aws-client-options.ts'
import { createCatalogTable } from '../../core/create-catalog-table.ts'

/** Where the stores are, and how they are called; named like the settings of the services. */
export interface StoreSettings {
  AWS_REGION: string
  S3_ENDPOINT: string
  DYNAMODB_ENDPOINT: string
  RAW_BUCKET: string
  PROCESSED_BUCKET: string
  CATALOG_TABLE: string
}

export interface StoreCredentials {
  accessKeyId: string
  secretAccessKey: string
}

/** Makes the buckets and the table where no CloudFormation does. What exists is left alone. */
export async function createStores(settings: StoreSettings, credentials: StoreCredentials): Promise<void> {
  const s3 = new S3Client({ ...s3ClientOptions(settings), credentials })
  const dynamoDb = new DynamoDBClient({ ...dynamoDbClientOptions(settings), credentials })
  await Promise.all([
    s3.send(new CreateBucketCommand({ Bucket: settings.RAW_BUCKET })),
    s3.send(new CreateBucketCommand({ Bucket: settings.PROCESSED_BUCKET })),
    createCatalogTable(dynamoDb, settings.CATALOG_TABLE),
  ])
  s3.destroy()
  dynamoDb.destroy()
}
