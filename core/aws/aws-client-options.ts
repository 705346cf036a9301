import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import type { S3ClientConfig } from '@aws-sdk/client-s3'
import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager'
import type { TranslateConfig } from '@aws-sdk/lib-dynamodb'
import { SigningHash } from './signing-hash.ts'

/**
 * Short timeouts, because callers have their own budgets and retry. Without `throwOnRequestTimeout` the SDK only prints a warning
 * and keeps waiting.
 */
const timeouts = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true }

interface ConnectionSettings {
  AWS_REGION: string
  S3_ENDPOINT: string
  DYNAMODB_ENDPOINT: string
}

/**
 * `WHEN_REQUIRED` is essential: by default the SDK adds the CRC32 of an empty body to presigned URLs, and S3 then refuses every
 * upload. Source: aws-sdk-js-v3, issue 6810 and "Data Integrity Protections".
 */
export function s3ClientOptions(settings: ConnectionSettings): S3ClientConfig {
  return {
    region: settings.AWS_REGION,
    ...(settings.S3_ENDPOINT && { endpoint: settings.S3_ENDPOINT, forcePathStyle: true }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    sha256: SigningHash,
    maxAttempts: 3,
    requestHandler: timeouts,
  }
}

export const dynamoDbLimits = {
  /** The SDK's default of 50 is too low, because listing a day queries 16 shards at once. */
  maxSockets: 200,
  connectTimeoutMs: timeouts.connectionTimeout,
  /** Short, because DynamoDB answers calls for small items within milliseconds. */
  requestTimeoutMs: 1_500,
}

export function dynamoDbClientOptions(settings: ConnectionSettings): DynamoDBClientConfig {
  const { maxSockets, requestTimeoutMs } = dynamoDbLimits
  return {
    region: settings.AWS_REGION,
    ...(settings.DYNAMODB_ENDPOINT && { endpoint: settings.DYNAMODB_ENDPOINT }),
    sha256: SigningHash,
    maxAttempts: 3,
    requestHandler: {
      ...timeouts,
      requestTimeout: requestTimeoutMs,
      httpAgent: { maxSockets },
      httpsAgent: { maxSockets },
    },
  }
}

/** Few attempts and a short timeout: when Secrets Manager is unreachable, connecting to Kafka fails fast and is retried. */
export function secretsManagerClientOptions(
  settings: Pick<ConnectionSettings, 'AWS_REGION'> & { SECRETS_MANAGER_ENDPOINT: string },
): SecretsManagerClientConfig {
  return {
    region: settings.AWS_REGION,
    ...(settings.SECRETS_MANAGER_ENDPOINT && { endpoint: settings.SECRETS_MANAGER_ENDPOINT }),
    maxAttempts: 2,
    requestHandler: { ...timeouts, requestTimeout: 1_500 },
  }
}

/** Optional fields that are undefined are not written. */
export const documentClientOptions: TranslateConfig = { marshallOptions: { removeUndefinedValues: true } }
