import { type ImageUsage, readsPerImage } from './meter/measure-images.ts'
import { priceCompaction } from './price-compaction.ts'
import { type CostRow, priceOf, round } from './prices.ts'

export interface ImageAssumptions {
  images: number
  /** Seconds that Lambda bills per image, over all calls. */
  seconds: number
  /** Memory of the function. */
  memoryMiB: number
  retentionDays: number
  /** Memory of the function that compacts manifests. */
  compactionMemoryMiB: number
}

const gigabyte = 1e9
const daysPerMonth = 30.4
/**
 * S3 bills an object until the midnight after it expires, half a day later on average, and then keeps it for another day as a noncurrent
 * version, again until midnight. It does not bill for an expired object that is not removed yet.
 * Source: "Expiring objects", Amazon S3 User Guide.
 */
const s3DaysAfterRetention = 2
/** DynamoDB removes expired items within a few days. Source: "Using time to live", Amazon DynamoDB Developer Guide. */
const dynamoDbDaysAfterRetention = 2

/** The cost of images by usage, without webhooks and without downloads by clients, which `priceDownloads` computes. */
export function priceImages(usage: ImageUsage, assumptions: ImageAssumptions): CostRow[] {
  const { images, seconds, memoryMiB, retentionDays } = assumptions
  const count = describeCount(images)
  const per = (amount: number, unit: number) => (amount * images) / unit
  const { s3, dynamoDb, lambda, originalBytes, kafkaBytes, logBytes } = usage
  const { table = 0, ...indexes } = dynamoDb.writeUnits
  const indexUnits = Object.values(indexes).reduce((sum, units) => sum + units, 0)
  const memory = memoryMiB / 1_024
  const stored = per(s3.bytesStored, gigabyte)
  const s3Days = retentionDays + s3DaysAfterRetention
  const records = per(dynamoDb.storedBytes.table, gigabyte)
  const copies = per(dynamoDb.storedBytes.indexes, gigabyte)
  const recordDays = retentionDays + dynamoDbDaysAfterRetention
  const millions = 1e6
  return [
    {
      what: 'S3, writes',
      arithmetic: `${round(s3.writes)} × ${count} × $${priceOf('s3WritesPerMillion')} per M`,
      usd: per(s3.writes, millions) * priceOf('s3WritesPerMillion'),
    },
    {
      what: 'S3, reads by gateway and processor',
      arithmetic: `${round(s3.reads)} × ${count} × $${priceOf('s3ReadsPerMillion')} per M`,
      usd: per(s3.reads, millions) * priceOf('s3ReadsPerMillion'),
    },
    {
      what: 'S3, storage',
      arithmetic: `(${round(originalBytes / 1e6)} MB and ${round((s3.bytesStored - originalBytes) / 1e6)} MB of variants) × ${count} × ${s3Days} of ${daysPerMonth} days × $${priceOf('s3GigabyteMonth')} per GB`,
      usd: ((stored * s3Days) / daysPerMonth) * priceOf('s3GigabyteMonth'),
    },
    {
      what: 'Lambda, time',
      arithmetic: `${round(seconds)} s × ${round(memory)} GB × ${count} × $${priceOf('lambdaGigabyteSecond')}`,
      usd: seconds * memory * images * priceOf('lambdaGigabyteSecond'),
    },
    {
      what: 'Lambda, requests',
      arithmetic: `${round(lambda.calls)} × ${count} × $${priceOf('lambdaCallsPerMillion')} per M`,
      usd: per(lambda.calls, millions) * priceOf('lambdaCallsPerMillion'),
    },
    {
      what: 'DynamoDB, writes',
      arithmetic: `(${round(table)} units on the table, ${round(indexUnits)} on its indexes) × ${count} × $${priceOf('dynamoDbWritesPerMillion')} per M`,
      usd: per(table + indexUnits, millions) * priceOf('dynamoDbWritesPerMillion'),
    },
    {
      what: 'DynamoDB, reads',
      arithmetic: `${round(dynamoDb.readUnits)} units × ${count} × $${priceOf('dynamoDbReadsPerMillion')} per M; clients read each image ${readsPerImage} times`,
      usd: per(dynamoDb.readUnits, millions) * priceOf('dynamoDbReadsPerMillion'),
    },
    {
      what: 'DynamoDB, storage',
      arithmetic: `(${round(records)} GB of records and ${round(copies)} GB in indexes) × ${recordDays} of ${daysPerMonth} days × $${priceOf('dynamoDbGigabyteMonth')}`,
      usd: (((records + copies) * recordDays) / daysPerMonth) * priceOf('dynamoDbGigabyteMonth'),
    },
    {
      what: 'DynamoDB, backup of records',
      arithmetic: `${round(records)} GB × ${recordDays} of ${daysPerMonth} days × $${priceOf('dynamoDbBackupGigabyteMonth')}`,
      usd: ((records * recordDays) / daysPerMonth) * priceOf('dynamoDbBackupGigabyteMonth'),
    },
    {
      what: 'Redshift, exports of records',
      arithmetic: `${round(records)} GB × $${priceOf('dynamoDbExportGigabyte')}`,
      usd: records * priceOf('dynamoDbExportGigabyte'),
    },
    ...priceCompaction(assumptions, count),
    {
      what: 'CloudTrail, writes of originals',
      arithmetic: `${count} × $${priceOf('trailEventsPerMillion')} per M`,
      usd: per(1, millions) * priceOf('trailEventsPerMillion'),
    },
    {
      what: 'CloudWatch, logs',
      arithmetic: `${round(logBytes / 1_000)} kB × ${count} × $${priceOf('logGigabyte')} per GB`,
      usd: per(logBytes, gigabyte) * priceOf('logGigabyte'),
    },
    {
      what: 'Kafka, between zones',
      // Two thirds of the time the leader is in another zone than its client, and each event has two more replicas.
      arithmetic: `${round(kafkaBytes / 1_000)} kB × 3.3 × ${count} × $${priceOf('zoneTransferGigabyte')} per GB`,
      usd: per(kafkaBytes * 3.3, gigabyte) * priceOf('zoneTransferGigabyte'),
    },
  ]
}

/** Images, in millions where that is exact. */
export function describeCount(images: number): string {
  return images % 1e6 === 0 ? `${images / 1e6} M` : images.toLocaleString('en-US')
}
