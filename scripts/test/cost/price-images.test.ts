import t from 'tap'
import type { ImageUsage } from '../../cost/meter/measure-images.ts'
import { priceImages } from '../../cost/price-images.ts'
import { total } from '../../cost/prices.ts'

const usage: ImageUsage = {
  images: 10,
  s3: { writes: 5, reads: 2, bytesStored: 3_500_000 },
  originalBytes: 3_000_000,
  variantBytes: 170_000,
  dynamoDb: {
    writeUnits: { table: 6, byDay: 3, unfinished: 2 },
    readUnits: 4,
    storedBytes: { table: 1_000, indexes: 400 },
  },
  lambda: { seconds: 1, cpuSeconds: 0.5, calls: 1.1 },
  kafkaBytes: 2_000,
  logBytes: 2_000,
}
const assumptions = {
  images: 1_000_000,
  seconds: 0.5,
  memoryMiB: 1_024,
  retentionDays: 7,
  compactionMemoryMiB: 1_024,
}

t.test('the price of a million images matches a manual calculation', async (t) => {
  const rows = priceImages(usage, assumptions)
  const usd = Object.fromEntries(rows.map((row) => [row.what, Number(row.usd.toFixed(2))]))
  t.strictSame(usd, {
    'S3, writes': 25,
    'S3, reads by gateway and processor': 0.8,
    'S3, storage': 23.83,
    'Lambda, time': 6.67,
    'Lambda, requests': 0.22,
    'DynamoDB, writes': 6.88,
    'DynamoDB, reads': 0.5,
    'DynamoDB, storage': 0.1,
    'DynamoDB, backup of records': 0.06,
    'Redshift, exports of records': 0.1,
    'compaction, reads of manifests': 0.4,
    'compaction, lists of manifests': 0.96,
    'compaction, Lambda': 0.23,
    'CloudTrail, writes of originals': 1,
    'CloudWatch, logs': 1,
    'Kafka, between zones': 0.13,
  })
})

t.test('the price grows with the number of images and with the billed time of Lambda', async (t) => {
  const price = (changes: object) => total(priceImages(usage, { ...assumptions, ...changes }))
  const million = price({})
  t.equal(price({ images: 2_000_000 }).toFixed(6), (2 * million).toFixed(6))
  t.equal((price({ seconds: 1.5 }) - million).toFixed(4), '13.3334')
  // 23 more days: 3,500 GB in S3, 1 GB of records with their backup, 0.4 GB in indexes, and 552 more runs that list the manifests, with their seconds.
  t.equal((price({ retentionDays: 30 }) - million).toFixed(2), '64.67')
})
