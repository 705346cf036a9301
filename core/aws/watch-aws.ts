import type { WatchedDependency } from '../telemetry/watch-dependencies.ts'

type Ping = Pick<WatchedDependency, 'ping'>

/** @param setting the setting with the bucket's name */
export function watchBucket(setting: string, bucket: Ping): WatchedDependency {
  const advise = adviseOn(setting, { endpoint: 'S3_ENDPOINT', action: 's3:ListBucket' })
  return { title: `The bucket ${setting}`, ping: (signal) => bucket.ping(signal), advise }
}

/** @param setting the setting with the DynamoDB table's name */
export function watchTable(setting: string, table: Ping): WatchedDependency {
  const advise = adviseOn(setting, { endpoint: 'DYNAMODB_ENDPOINT', action: 'dynamodb:DescribeTable' })
  return { title: `The table ${setting}`, ping: (signal) => table.ping(signal), advise }
}

const credentials =
  'the AWS credentials (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the role of this machine)'

/** Names the settings to check after an error, by the error codes of S3 and DynamoDB. */
function adviseOn(setting: string, { endpoint, action }: { endpoint: string; action: string }) {
  const mistakes: [RegExp, string][] = [
    [/TimeTooSkewed|NotYetCurrent/, 'Set the clock of this machine.'],
    [/PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint/, 'Check AWS_REGION.'],
    [
      /InvalidAccessKeyId|Signature|UnrecognizedClient|ExpiredToken|InvalidToken|ClientToken|Credentials/,
      `Check ${credentials}.`,
    ],
    [/AccessDenied|Forbidden|NotAuthorized/, `Allow ${action} to ${credentials}, or check ${setting}.`],
    [
      /NotFound|NoSuchBucket|InvalidBucketName|ValidationException/,
      `Check ${setting}, AWS_REGION and ${endpoint}.`,
    ],
  ]
  return (error: Error): string => {
    const [, advice] = mistakes.find(([codes]) => codes.test(error.name)) ?? []
    if (advice) return advice
    const isAnswered = '$metadata' in error && '$response' in error
    return isAnswered
      ? `Check ${endpoint}, AWS_REGION, ${setting} and ${credentials}.`
      : `Check ${endpoint}, AWS_REGION and the network.`
  }
}
