import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { topics } from '../../../core/events/image-events.ts'
import {
  createHashgateClient,
  type HashgateClient,
} from '../../../openapi/packages/client/src/hashgate-client.ts'
import { putObject } from '../../../openapi/packages/client/src/put-object.ts'
import { describeFile } from '../../../openapi/packages/client/src/upload/upload-steps.ts'
import { isGranted } from '../../../openapi/packages/client/src/upload-image.ts'
import { sum } from '../../bench/sum.ts'
import { useDirectory } from '../../bench/use-directory.ts'
import type { Stop } from '../../local/backing.ts'
import { ensureLocalKey } from '../../local/ensure-local-key.ts'
import { startStandIns } from '../../local/start-stand-ins.ts'
import { followEvents } from './follow-events.ts'
import { makePhonePhotos } from './make-phone-photos.ts'
import { measureStorage, type StoredBytes } from './measure-storage.ts'
import { type CountedWrite, startDynamoDbCounter } from './start-dynamodb-counter.ts'
import { startHandler } from './start-handler.ts'
import { startMeteredGateway } from './start-metered-gateway.ts'
import { type S3Requests, startS3Counter } from './start-s3-counter.ts'
import { toKafkaEvent, toS3Event } from './to-lambda-event.ts'

/** Average usage per image, from its upload request until clients have read the result `readsPerImage` times. */
export interface ImageUsage {
  /** Images that were measured. */
  images: number
  s3: S3Requests
  originalBytes: number
  /** Average size of one variant. */
  variantBytes: number
  dynamoDb: {
    /** Write units by table and index; `table` is the table itself. */
    writeUnits: Record<string, number>
    readUnits: number
    storedBytes: StoredBytes
  }
  lambda: {
    /** Seconds that the handler ran on one core, for which a function with one vCPU is billed. */
    seconds: number
    cpuSeconds: number
    calls: number
  }
  /** Bytes of keys, values and headers of all events. */
  kafkaBytes: number
  /** Bytes that the gateway and the processor logged. */
  logBytes: number
}

/** How often clients request an image after it is ready. */
export const readsPerImage = 3
const images = 10

/** Every image causes one event on each of them. */
const topicsPerImage = [topics.uploadRequested, topics.uploadCompleted, topics.processed]

/**
 * Uploads photos to a gateway on the embedded S3, DynamoDB and Kafka, calls the processor's Lambda handler with the resulting events, and
 * counts what AWS would bill. The first photo is not counted, because the handler is slower when it starts.
 */
export function measureImages(): Promise<ImageUsage> {
  return useDirectory(async (directory) => {
    const stops: Stop[] = []
    try {
      return await measureIn(directory, (stop) => void stops.push(stop))
    } finally {
      for (const stop of stops.reverse()) await stop()
    }
  })
}

async function measureIn(directory: string, onStop: (stop: Stop) => void): Promise<ImageUsage> {
  const { environment } = await startStandIns(directory, onStop)
  const dynamoDb = new DynamoDBClient({
    endpoint: environment.DYNAMODB_ENDPOINT,
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  })
  onStop(async () => dynamoDb.destroy())
  const started = <T extends { close: Stop }>(part: T) => {
    onStop(part.close)
    return part
  }
  const { CATALOG_TABLE, RAW_BUCKET, KAFKA_BROKERS = '' } = environment
  const catalog = started(await startDynamoDbCounter(dynamoDb, environment.DYNAMODB_ENDPOINT, CATALOG_TABLE))
  const s3 = started(await startS3Counter(environment.S3_ENDPOINT))
  const settings = { ...environment, DYNAMODB_ENDPOINT: catalog.url, S3_ENDPOINT: s3.url }
  const events = started(followEvents(KAFKA_BROKERS))
  const gateway = started(await startMeteredGateway(settings))
  const handler = started(await startHandler({ ...settings, REPORT_BATCH_ITEM_FAILURES: 'true' }))
  const key = await ensureLocalKey(environment, { requestsPerMinute: 10_000 })
  const client = createHashgateClient({ gateway: gateway.url, key })

  const process = async (photo: Blob) => {
    const { imageId, objectKey, bytes } = await upload(client, photo)
    const call = await handler.invoke(toS3Event(RAW_BUCKET, objectKey))
    await events.waitFor(topics.processed, 1)
    return { imageId, bytes, call }
  }
  const [first, ...photos] = await makePhonePhotos(images + 1)
  if (first) await process(first)
  for (const topic of topicsPerImage) await events.waitFor(topic, 1)
  await settle(catalog)
  events.clear()
  for (const take of [s3.take, catalog.takeReadUnits, gateway.takeLogBytes, handler.takeLogBytes]) take()

  const processed = []
  for (const photo of photos) processed.push(await process(photo))
  // The event source in processor.yaml delivers ten messages at once.
  const completed = await events.waitFor(topics.uploadCompleted, images)
  const calls = [...processed.map(({ call }) => call), await handler.invoke(toKafkaEvent(completed))]
  const variantBytes = []
  for (const { imageId } of processed) {
    for (let read = 1; read < readsPerImage; read++) await client.getImage(imageId)
    const { variants = [] } = await client.getImage(imageId)
    variantBytes.push(...variants.map(({ byteLength }) => byteLength))
  }
  for (const topic of topicsPerImage) await events.waitFor(topic, images)

  const requests = s3.take()
  return {
    images,
    s3: {
      writes: requests.writes / images,
      reads: requests.reads / images,
      bytesStored: requests.bytesStored / images,
    },
    originalBytes: average(processed.map(({ bytes }) => bytes)),
    variantBytes: average(variantBytes),
    dynamoDb: {
      writeUnits: sumUnits(await settle(catalog)),
      readUnits: catalog.takeReadUnits() / images,
      storedBytes: await measureStorage(dynamoDb, CATALOG_TABLE),
    },
    lambda: {
      seconds: sum(calls.map(({ ms }) => ms)) / 1_000 / images,
      cpuSeconds: sum(calls.map(({ cpuMs }) => cpuMs)) / 1_000 / images,
      calls: calls.length / images,
    },
    kafkaBytes: events.countBytes() / images,
    logBytes: (gateway.takeLogBytes() + handler.takeLogBytes()) / images,
  }
}

async function upload(client: HashgateClient, photo: Blob) {
  const request = await describeFile(photo, { fileName: 'photo.jpg' })
  const answer = await client.requestUpload(request)
  if (!isGranted(answer)) throw new Error('The gateway has this photo already.')
  await putObject(answer.upload, photo)
  await client.completeUpload(answer.imageId)
  // With a path-style address the first part is the bucket.
  const [, , ...parts] = new URL(answer.upload.url).pathname.split('/')
  return { imageId: answer.imageId, objectKey: decodeURIComponent(parts.join('/')), bytes: photo.size }
}

/** Returns the writes as soon as none has come for a while, because some follow the response to a request. */
async function settle({ take }: { take: () => CountedWrite[] }): Promise<CountedWrite[]> {
  const writes = take()
  for (;;) {
    await sleep(1_000)
    const more = take()
    if (more.length === 0) return writes
    writes.push(...more)
  }
}

/** Write units per image by index, and of the table. */
function sumUnits(writes: CountedWrite[]): Record<string, number> {
  const units: Record<string, number> = { table: 0 }
  for (const write of writes)
    for (const [name, count] of Object.entries({ table: write.units, ...write.indexes }))
      units[name] = (units[name] ?? 0) + count / images
  return units
}

const average = (numbers: number[]): number => sum(numbers) / numbers.length
