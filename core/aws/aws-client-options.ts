import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import type { S3ClientConfig } from '@aws-sdk/client-s3'
import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager'
import type { TranslateConfig } from '@aws-sdk/lib-dynamodb'
import { SigningHash } from './signing-hash.ts'

/**
 * Give up early: a caller has its own budget and can try again; a request that hangs helps nobody.
 * Without `throwOnRequestTimeout` the SDK only prints a warning, and waits for ever.
 */
const timeouts = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true }

interface ConnectionSettings {
  AWS_REGION: string
  S3_ENDPOINT: string
  DYNAMODB_ENDPOINT: string
}

/**
 * `WHEN_REQUIRED` is not a matter of taste: the SDK's default bakes the CRC32 of an empty body into presigned URLs,
 * and S3 then refuses every upload. Source: aws-sdk-js-v3, issue 6810 and "Data Integrity Protections".
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

/** The SDK's 50 are few: a list alone asks 16 shards at once. */
const maxSockets = 200

/** Every call is about one small item, and answered in milliseconds or not at all. */
export function dynamoDbClientOptions(settings: ConnectionSettings): DynamoDBClientConfig {
  return {
    region: settings.AWS_REGION,
    ...(settings.DYNAMODB_ENDPOINT && { endpoint: settings.DYNAMODB_ENDPOINT }),
    sha256: SigningHash,
    maxAttempts: 3,
    requestHandler: {
      ...timeouts,
      requestTimeout: 1_500,
      httpAgent: { maxSockets },
      httpsAgent: { maxSockets },
    },
  }
}

/** Asked for once, and again after a refusal: while it is away, connecting fails soon and is tried again. */
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

/** Absent is absent: an optional field that is undefined is not written at all. */
export const documentClientOptions: TranslateConfig = { marshallOptions: { removeUndefinedValues: true } }
