import { DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { DeleteBucketCommand, DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3'
import { readServicesEnvironment } from '../services/env-file.ts'
import { connectServicesKafka } from './connect-services-kafka.ts'
import { connectStores } from './create-stores.ts'
import { listVersions } from './list-versions.ts'
import type { OwnNames } from './own-names.ts'

/** What S3 takes in one request. */
const maxDeletes = 1_000

/** Removes the buckets, the tables, the topics and the consumer group of these names from the services. */
export async function removeOwn(names: OwnNames): Promise<void> {
  const services = await readServicesEnvironment()
  const { s3, dynamoDb, close } = connectStores({ ...services, ...names })
  await removeBucket(s3, names.RAW_BUCKET)
  await removeBucket(s3, names.PROCESSED_BUCKET)
  for (const TableName of [names.CATALOG_TABLE, names.KEYS_TABLE]) {
    await dynamoDb.send(new DeleteTableCommand({ TableName }))
  }
  close()
  await removeTopics(names)
}

async function removeBucket(s3: S3Client, Bucket: string): Promise<void> {
  const versions = await listVersions(s3, Bucket)
  const Objects = versions.map(({ Key, VersionId }) => ({ Key, VersionId }))
  while (Objects.length > 0) {
    const Delete = { Objects: Objects.splice(0, maxDeletes), Quiet: true }
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete }))
  }
  await s3.send(new DeleteBucketCommand({ Bucket }))
}

async function removeTopics({ KAFKA_TOPIC_PREFIX, KAFKA_GROUP_ID }: OwnNames): Promise<void> {
  const admin = (await connectServicesKafka()).admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(KAFKA_TOPIC_PREFIX))
  if (topics.length > 0) await admin.deleteTopics({ topics })
  // A group whose member has just been killed has it for some seconds more, and ends by itself later.
  await admin.deleteGroups([KAFKA_GROUP_ID]).catch(() => {})
  await admin.disconnect()
}
