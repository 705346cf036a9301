import { randomUUID } from 'node:crypto'
import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb'
import { topics } from '../../../../core/events/image-events.ts'
import type { ImageEvent } from '../../../../core/images/image-event.ts'
import type { ImageRecord } from '../../../../core/images/image-record.ts'
import type { KafkaClient } from '../../../../core/kafka/kafka-client.ts'
import { readToEnd } from '../../../../core/kafka/read-to-end.ts'
import { connectServicesKafka } from '../../../local/connect-services-kafka.ts'
import { connectStores, type StoreSettings } from '../../../local/create-stores.ts'
import { listVersions } from '../../../local/list-versions.ts'

/** Contents of the stores and topics, read without the product's own access code. */
export interface Evidence {
  records: ImageRecord[]
  /** One key per object version. */
  rawVersions: string[]
  processedKeys: string[]
  events: ImageEvent[]
}

export type EvidenceSettings = StoreSettings & { KAFKA_TOPIC_PREFIX: string }

export async function gatherEvidence(settings: EvidenceSettings): Promise<Evidence> {
  const { s3, close } = connectStores(settings)
  const kafka = await connectServicesKafka()
  const names = [topics.uploadRequested, topics.processed, topics.rejected]
  const [records, rawVersions, processedKeys, events] = await Promise.all([
    readRecords(settings),
    listVersionKeys(s3, settings.RAW_BUCKET),
    listKeys(s3, settings.PROCESSED_BUCKET),
    readTopics(
      kafka,
      names.map((name) => settings.KAFKA_TOPIC_PREFIX + name),
    ),
  ])
  close()
  return { records, rawVersions, processedKeys, events }
}

/** Reads every record of the table, including expired ones. */
export async function readRecords(settings: StoreSettings): Promise<ImageRecord[]> {
  const { dynamoDb, close } = connectStores(settings)
  const client = DynamoDBDocumentClient.from(dynamoDb)
  const pages = paginateScan({ client }, { TableName: settings.CATALOG_TABLE, ConsistentRead: true })
  const records: ImageRecord[] = []
  for await (const { Items = [] } of pages) records.push(...(Items as ImageRecord[]))
  close()
  return records
}

async function listVersionKeys(client: S3Client, bucket: string): Promise<string[]> {
  return (await listVersions(client, bucket)).map(({ Key = '' }) => Key)
}

async function listKeys(client: S3Client, Bucket: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
    keys.push(...Contents.map(({ Key = '' }) => Key))
  }
  return keys
}

/** Reads all events that are on the topics now. */
async function readTopics(kafka: KafkaClient, names: string[]): Promise<ImageEvent[]> {
  const events: ImageEvent[] = []
  const groupId = `evidence-${randomUUID()}`
  for (const topic of names) {
    await readToEnd(kafka, {
      topic,
      groupId,
      fromCommitted: false,
      commits: false,
      onMessages: async (messages) => {
        events.push(...messages.map(({ value }) => JSON.parse(String(value))))
      },
    })
  }
  return events
}
