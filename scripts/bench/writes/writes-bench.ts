import { randomBytes } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import sharp from 'sharp'
import { uploadImage } from '../../../openapi/packages/client/src/upload-image.ts'
import { type CountedWrite, startDynamoDbCounter } from '../../cost/meter/start-dynamodb-counter.ts'
import type { Stop } from '../../local/backing.ts'
import { startInProcess } from '../../local/start-in-process.ts'
import { startStandIns } from '../../local/start-stand-ins.ts'
import { pollUntil } from '../../testkit/poll-until.ts'
import { printTable } from '../print-table.ts'
import { sum } from '../sum.ts'
import { useDirectory } from '../use-directory.ts'

/** The writes to the catalog's table, in order. */
export interface ImageWrites {
  /** Writes from the upload request until the image is ready and its event is published. */
  upload: CountedWrite[]
  /** Writes for another upload request with the same bytes. */
  duplicate: CountedWrite[]
}

/** Uploads one image and then the same bytes again to a new local system, and counts the writes to DynamoDB. */
export function countWrites(): Promise<ImageWrites> {
  return useDirectory(async (directory) => {
    const stops: Stop[] = []
    const onStop = (stop: Stop) => void stops.push(stop)
    try {
      return await countIn(directory, onStop)
    } finally {
      for (const stop of stops.reverse()) await stop()
    }
  })
}

async function countIn(directory: string, onStop: (stop: Stop) => void): Promise<ImageWrites> {
  const backing = await startStandIns(directory, onStop)
  const { KAFKA_BROKERS = '', ...environment } = backing.environment
  const client = new DynamoDBClient({
    endpoint: environment.DYNAMODB_ENDPOINT,
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  })
  onStop(async () => client.destroy())
  const proxy = await startDynamoDbCounter(client, environment.DYNAMODB_ENDPOINT, environment.CATALOG_TABLE)
  onStop(proxy.close)
  const system = await startInProcess({
    ...backing,
    environment: { ...environment, KAFKA_BROKERS, DYNAMODB_ENDPOINT: proxy.url },
    now: Date.now,
    storeNow: Date.now,
    onStop,
  })
  const image = await makeImage()
  const writes: CountedWrite[] = []
  await uploadImage(image, system)
  // The status is `ready` before the last write, which follows the publication of the event.
  await pollUntil(() => {
    writes.push(...proxy.take())
    return writes.some(({ changed }) => changed.includes('owedEvents') && changed.includes('leaseOwner'))
  })
  await uploadImage(image, system)
  const duplicate: CountedWrite[] = []
  // The counter of duplicates may be written after the response.
  await pollUntil(() => {
    duplicate.push(...proxy.take())
    return duplicate.length >= 2
  })
  return { upload: writes, duplicate }
}

async function makeImage(): Promise<Blob> {
  const [width, height] = [640, 480]
  const raw = { width, height, channels: 3 } as const
  const bytes = await sharp(randomBytes(width * height * 3), { raw })
    .jpeg()
    .toBuffer()
  return new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' })
}

/** Prints every write of one image, and the sums. */
export async function benchWrites(): Promise<void> {
  const { upload, duplicate } = await countWrites()
  printWrites('Writes for one image, from the upload request to the published event', upload)
  printWrites('Writes for an upload request that was a duplicate', duplicate)
}

function printWrites(title: string, writes: CountedWrite[]): void {
  const indexes = Object.keys(writes[0]?.indexes ?? {})
  const rows = writes.map((write) => [
    describe(write),
    1,
    write.units,
    ...indexes.map((name) => write.indexes[name] ?? 0),
  ])
  const indexSums = indexes.map((name) => sum(writes.map((write) => write.indexes[name] ?? 0)))
  const units = sum(writes.map((write) => write.units))
  printTable({
    title,
    head: ['write', 'table', 'units', ...indexes],
    rows: [...rows, ['sum', writes.length, units, ...indexSums]],
    notes: [
      `${writes.length} writes to the table (${units} write units), ${sum(indexSums)} to its indexes (a unit each)`,
    ],
  })
}

function describe({ operation, changed }: CountedWrite): string {
  const shown = changed.slice(0, 4).join(', ')
  return `${operation}: ${shown}${changed.length > 4 ? `, and ${changed.length - 4} more` : ''}`
}
