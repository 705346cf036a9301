import { envSchema } from 'env-schema'
import { type Static, type TObject, Type } from 'typebox'
import { kafkaSettings } from './kafka-settings.ts'

/** Settings that every part needs to reach S3, DynamoDB, Secrets Manager and Kafka. Field by field in the README's table. */
export const connectionSettings = {
  AWS_REGION: Type.String({ default: 'us-east-1' }),
  /** Empty: AWS's own endpoints. */
  S3_ENDPOINT: Type.String({ default: '' }),
  RAW_BUCKET: Type.String({ minLength: 3 }),
  PROCESSED_BUCKET: Type.String({ minLength: 3 }),
  DYNAMODB_ENDPOINT: Type.String({ default: '' }),
  CATALOG_TABLE: Type.String({ minLength: 3 }),
  /** Empty: AWS's own endpoint. */
  SECRETS_MANAGER_ENDPOINT: Type.String({ default: '' }),
  ...kafkaSettings,
  RETENTION_DAYS: Type.Integer({ minimum: 1, maximum: 365, default: 7 }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { default: 'info' }),
}

/**
 * Reads and checks settings.
 * @param environment the process's variables; only those that the schema names are looked at
 * @throws Error that names every setting at fault
 */
export function readConfig<T extends TObject>(schema: T, environment: NodeJS.ProcessEnv): Static<T> {
  return envSchema<Static<T>>({ schema, data: environment, env: false })
}
