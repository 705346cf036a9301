import t from 'tap'
import { testBucketContract } from '../../../../core/test/aws/contract/bucket-contract.ts'
import { keys, startTestS3 } from './start-test-s3.ts'

const s3 = await startTestS3(t)
await testBucketContract(t, {
  name: 'local S3',
  endpoint: s3.url,
  region: 'us-east-1',
  bucketPrefix: 'contract',
  ...keys,
})
