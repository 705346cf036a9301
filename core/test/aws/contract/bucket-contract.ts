import { randomUUID } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import { type BucketEndpoint, createContractClient } from './bucket-contract-client.ts'
import { testListing } from './bucket-contract-listing.ts'
import { testReading } from './bucket-contract-reading.ts'
import { testSignedPutRefusals } from './bucket-contract-refusals.ts'
import { testSignedPut } from './bucket-contract-signed-put.ts'

export interface BucketContractOptions extends BucketEndpoint {
  /** Shown in the test names. */
  name: string
  /** The suite makes `‹prefix›-‹uuid›` and removes it. */
  bucketPrefix: string
  /** What the losers of a race of conditional writes may get. AWS documents 409 besides 412. */
  lostRaceStatuses?: readonly number[]
  /** False for stores whose If-None-Match lets several racing writers through (versitygw 1.7 on POSIX, now and then). */
  isAtomicIfAbsent?: boolean
  /** The longest piece of a key between slashes. S3 sets no limit; stores on a file system stop at 255. */
  maxKeySegmentBytes?: number
  /** What an access key that nobody has gets. S3: 403 InvalidAccessKeyId. */
  unknownKeyAnswer?: { status: number; code: string }
  /** False for stores that hang up on the unread rest of a refused upload: `fetch` then fails and shows no 412. */
  showsRefusalToFetch?: boolean
  /** False for stores that refuse rightly but name their errors differently. */
  hasS3ErrorCodes?: boolean
}

export interface BucketUnderTest {
  client: S3Client
  bucket: string
  options: BucketContractOptions
}

/** What hashgate relies on in an S3 store. Runs against any endpoint; makes a bucket and leaves nothing behind. */
export async function testBucketContract(t: Test, options: BucketContractOptions): Promise<void> {
  await t.test(`bucket contract: ${options.name}`, async (t) => {
    const client = createContractClient(options)
    const bucket = `${options.bucketPrefix}-${randomUUID()}`.slice(0, 63).replace(/-$/, '')
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
    t.teardown(async () => {
      await emptyBucket(client, bucket)
      await client.send(new DeleteBucketCommand({ Bucket: bucket }))
      client.destroy()
    })
    const subject = { client, bucket, options }
    await testSignedPut(t, subject)
    await testSignedPutRefusals(t, subject)
    await testReading(t, subject)
    await testListing(t, subject)
  })
}

async function emptyBucket(client: S3Client, bucket: string): Promise<void> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
  await Promise.all(Contents.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))))
}
