import { CloudControlClient } from '@aws-sdk/client-cloudcontrol'
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { IAMClient } from '@aws-sdk/client-iam'
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data'
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'

export type Aws = ReturnType<typeof connectAws>

/** A deployment takes many minutes and is throttled now and then: it is patient, but a dead connection is given up. */
const patience = { maxAttempts: 8, requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 } }

interface Whereabouts {
  endpoint?: string
  region?: string
  maxAttempts?: number
  credentials?: { accessKeyId: string; secretAccessKey: string }
}

/**
 * Region, credentials and perhaps endpoint (`AWS_ENDPOINT_URL`) are the SDK's own affair: as the AWS command line finds them.
 * @param whereabouts to know better than the SDK
 */
export function connectAws(whereabouts: Whereabouts = {}) {
  const options = { ...patience, ...whereabouts }
  const clients = {
    cloudControl: new CloudControlClient(options),
    cloudFormation: new CloudFormationClient(options),
    dynamoDb: new DynamoDBClient(options),
    iam: new IAMClient(options),
    redshiftData: new RedshiftDataClient(options),
    redshiftServerless: new RedshiftServerlessClient(options),
    // A bucket in a path is found at any endpoint.
    s3: new S3Client({ ...options, forcePathStyle: true }),
    secretsManager: new SecretsManagerClient(options),
    ssm: new SSMClient(options),
    sts: new STSClient(options),
  }
  function close(): void {
    for (const client of Object.values(clients)) client.destroy()
  }
  return { ...clients, close }
}
