import { randomBytes } from 'node:crypto'
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { withdrawAccess } from '../../core/kafka/admin/allow-access.ts'
import { readServicesEnvironment } from '../services/env-file.ts'
import type { StartBacking } from './backing.ts'
import { connectServicesKafka } from './connect-services-kafka.ts'
import { connectStores, type StoreSettings } from './create-stores.ts'
import { listVersions } from './list-versions.ts'
import { accessOf, type ServicesOptions, useServices } from './use-services.ts'

/** The limit of DeleteObjects. */
const maxDeletes = 1_000

export type OwnNames = ReturnType<typeof chooseOwnNames>

/** Unique names, so that several tests can share the services. */
export function chooseOwnNames() {
  const id = randomBytes(4).toString('hex')
  return {
    RAW_BUCKET: `raw-${id}`,
    PROCESSED_BUCKET: `processed-${id}`,
    CATALOG_TABLE: `images-${id}`,
    KEYS_TABLE: `keys-${id}`,
    WEBHOOKS_TABLE: `webhooks-${id}`,
    KAFKA_TOPIC_PREFIX: `${id}.`,
    KAFKA_GROUP_ID: `processor-${id}`,
  }
}

/**
 * Uses the services with buckets, tables, topics and access rules of these names, and removes them on stop. The raw bucket keeps
 * versions, as in production, so that a test can detect an overwritten object.
 */
export function useOwnServices(
  names: OwnNames,
  { settings, ...options }: ServicesOptions = {},
): StartBacking {
  const start = useServices({ ...options, settings: { ...names, ...settings } })
  return async (dataDirectory, onStop) => {
    const backing = await start(dataDirectory, onStop)
    onStop(() => removeOwn(names))
    await enableVersioning({ ...(await readServicesEnvironment()), ...names })
    return backing
  }
}

async function enableVersioning(settings: StoreSettings): Promise<void> {
  const { s3, close } = connectStores(settings)
  const VersioningConfiguration = { Status: 'Enabled' } as const
  await s3.send(new PutBucketVersioningCommand({ Bucket: settings.RAW_BUCKET, VersioningConfiguration }))
  close()
}

async function removeOwn(names: OwnNames): Promise<void> {
  const services = await readServicesEnvironment()
  const { s3, dynamoDb, close } = connectStores({ ...services, ...names })
  await removeBucket(s3, names.RAW_BUCKET)
  await removeBucket(s3, names.PROCESSED_BUCKET)
  for (const TableName of [names.CATALOG_TABLE, names.KEYS_TABLE, names.WEBHOOKS_TABLE]) {
    await dynamoDb.send(new DeleteTableCommand({ TableName }))
  }
  close()
  await removeTopics(names)
  const own = Object.values(names)
  // The other rules are shared with tests that run at the same time.
  const rules = accessOf(names).filter(({ name }) => own.some((prefix) => name.startsWith(prefix)))
  await withdrawAccess(await connectServicesKafka(), rules)
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
  // A killed member keeps the group non-empty for some seconds; Kafka then expires the group by itself.
  await admin.deleteGroups([KAFKA_GROUP_ID]).catch(() => {})
  await admin.disconnect()
}
