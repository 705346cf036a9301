import type { S3Client } from '@aws-sdk/client-s3'
import type { BucketEndpoint } from './bucket-contract-client.ts'

export interface BucketContractOptions extends BucketEndpoint {
  /** Shown in the test names. */
  name: string
  /** The suite creates the bucket `‹prefix›-‹uuid›` and deletes it at the end. */
  bucketPrefix: string
  /** Status codes for the losers of concurrent conditional writes. AWS documents 409 besides 412. */
  lostRaceStatuses?: readonly number[]
  /** False for stores whose If-None-Match sometimes lets several concurrent writers succeed (versitygw 1.7 on POSIX). */
  isAtomicIfAbsent?: boolean
  /** Maximum length of a key segment between slashes. S3 has no limit; stores on a file system allow 255. */
  maxKeySegmentBytes?: number
  /** The error for an unknown access key. S3: 403 InvalidAccessKeyId. */
  unknownKeyAnswer?: { status: number; code: string }
  /** False for stores that sort `X-Amz-SignedHeaders` before they check the signature (versitygw 1.7). */
  refusesReorderedHeaders?: boolean
  /** False for stores that close the connection during a refused upload: `fetch` then fails instead of returning 412. */
  showsRefusalToFetch?: boolean
  /** False for stores whose error codes differ from those of S3. */
  hasS3ErrorCodes?: boolean
}

export interface BucketUnderTest {
  client: S3Client
  bucket: string
  options: BucketContractOptions
}
