import t from 'tap'
import { connectServices } from '../../../scripts/testkit/connect-services.ts'
import { testBucketContract } from './contract/bucket-contract.ts'

const { aws, setting } = await connectServices()
await testBucketContract(t, {
  name: 'versitygw',
  endpoint: setting('S3_ENDPOINT'),
  bucketPrefix: 'contract',
  isAtomicIfAbsent: false,
  maxKeySegmentBytes: 255,
  unknownKeyAnswer: { status: 404, code: 'XAdminUserNotFound' },
  refusesReorderedHeaders: false,
  showsRefusalToFetch: false,
  ...aws,
})
