import { randomUUID } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import { createContractClient } from './bucket-contract-client.ts'
import { testConditionalWrites } from './bucket-contract-conditions.ts'
import { testListing } from './bucket-contract-listing.ts'
import { testReading } from './bucket-contract-reading.ts'
import { testSignedPutRefusals } from './bucket-contract-refusals.ts'
import { testSignedPut } from './bucket-contract-signed-put.ts'
import type { BucketContractOptions } from './bucket-under-test.ts'

/** Tests any S3-compatible store, in a new bucket that is deleted at the end. */
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
    await testConditionalWrites(t, subject)
    await testListing(t, subject)
  })
}

async function emptyBucket(client: S3Client, bucket: string): Promise<void> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
  await Promise.all(Contents.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))))
}
