import type { S3Client } from '@aws-sdk/client-s3'
import type { BucketEndpoint } from './bucket-contract-client.ts'

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
