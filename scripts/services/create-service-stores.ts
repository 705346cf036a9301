import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { dynamoDbClientOptions, s3ClientOptions } from '../../core/aws-client-options.ts'
import { createCatalogTable } from '../../core/create-catalog-table.ts'
import type { ServicesEnvironment } from './describe-environment.ts'

/** Makes the buckets and the table. What is there is left alone. */
export async function createServiceStores(environment: ServicesEnvironment): Promise<void> {
  const credentials = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
  }
  const s3 = new S3Client({ ...s3ClientOptions(environment), credentials })
  const dynamoDb = new DynamoDBClient({ ...dynamoDbClientOptions(environment), credentials })
  await createBuckets(s3, [environment.RAW_BUCKET, environment.PROCESSED_BUCKET])
  await createCatalogTable(dynamoDb, environment.CATALOG_TABLE)
  s3.destroy()
  dynamoDb.destroy()
}

async function createBuckets(s3: S3Client, names: string[]): Promise<void> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand())
  const missing = names.filter((name) => !Buckets.some(({ Name }) => Name === name))
  await Promise.all(missing.map((Bucket) => s3.send(new CreateBucketCommand({ Bucket }))))
}
