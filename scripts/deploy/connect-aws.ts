import { ACMClient } from '@aws-sdk/client-acm'
import { CloudControlClient } from '@aws-sdk/client-cloudcontrol'
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GlueClient } from '@aws-sdk/client-glue'
import { IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data'
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'

export type Aws = ReturnType<typeof connectAws>

/** Many attempts, because deployments take minutes and are throttled at times; timeouts, because connections can hang. */
const retryOptions = { maxAttempts: 8, requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 } }

interface ConnectOptions {
  endpoint?: string
  region?: string
  maxAttempts?: number
  credentials?: { accessKeyId: string; secretAccessKey: string }
}

/**
 * The SDK finds region, credentials and endpoint (`AWS_ENDPOINT_URL`) as the AWS CLI does.
 * @param overrides take precedence over what the SDK finds
 */
export function connectAws(overrides: ConnectOptions = {}) {
  const options = { ...retryOptions, ...overrides }
  const clients = {
    acm: new ACMClient(options),
    cloudControl: new CloudControlClient(options),
    cloudFormation: new CloudFormationClient(options),
    dynamoDb: new DynamoDBClient(options),
    glue: new GlueClient(options),
    iam: new IAMClient(options),
    lambda: new LambdaClient(options),
    redshiftData: new RedshiftDataClient(options),
    redshiftServerless: new RedshiftServerlessClient(options),
    // Path-style addresses work with any endpoint.
    s3: new S3Client({ ...options, forcePathStyle: true }),
    secretsManager: new SecretsManagerClient(options),
    serviceQuotas: new ServiceQuotasClient(options),
    ssm: new SSMClient(options),
    sts: new STSClient(options),
  }
  function close(): void {
    for (const client of Object.values(clients)) client.destroy()
  }
  return { ...clients, close }
}
