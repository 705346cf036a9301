import { envSchema } from 'env-schema'
import { type Static, type TObject, Type } from 'typebox'
import { ConfigError } from './config-error.ts'
import { kafkaSettings } from './kafka-settings.ts'

/** Empty: AWS's own. */
const endpoint = Type.String({ pattern: '^(https?://\\S+)?$', default: '' })

/** Settings that every part needs to reach S3, DynamoDB, Secrets Manager and Kafka. Field by field in the README's table. */
export const connectionSettings = {
  AWS_REGION: Type.String({ default: 'us-east-1' }),
  S3_ENDPOINT: endpoint,
  RAW_BUCKET: Type.String({ minLength: 3 }),
  PROCESSED_BUCKET: Type.String({ minLength: 3 }),
  DYNAMODB_ENDPOINT: endpoint,
  CATALOG_TABLE: Type.String({ minLength: 3 }),
  SECRETS_MANAGER_ENDPOINT: endpoint,
  ...kafkaSettings,
  RETENTION_DAYS: Type.Integer({ minimum: 1, maximum: 365, default: 7 }),
  /** Of a collector of traces. Empty: nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { default: 'info' }),
}

interface Fault {
  instancePath: string
  message?: string
  params: { missingProperty?: string; allowedValues?: string[] }
}

/**
 * Reads and checks settings.
 * @param environment the process's variables; only those that the schema names are looked at
 * @throws ConfigError that names every setting at fault
 */
export function readConfig<T extends TObject>(schema: T, environment: NodeJS.ProcessEnv): Static<T> {
  try {
    return envSchema<Static<T>>({ schema, data: environment, env: false })
  } catch (error) {
    const { errors = [] } = error as { errors?: Fault[] }
    throw new ConfigError(errors.map(describeFault).join('\n'))
  }
}

/** Reads both, so that the faults of both are told. @throws ConfigError */
export function readTogether<A, B>(readFirst: () => A, readSecond: () => B): [A, B] {
  const ends = [endOf(readFirst), endOf(readSecond)] as const
  const faults = ends.filter((end) => end instanceof ConfigError)
  if (faults.length > 0) throw new ConfigError(faults.map(({ message }) => message).join('\n'))
  return ends as [A, B]
}

function endOf<T>(read: () => T): T | ConfigError {
  try {
    return read()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
}

function describeFault({ instancePath, message, params }: Fault): string {
  if (params.missingProperty) return `${params.missingProperty} is not set.`
  const allowed = params.allowedValues ? `: ${params.allowedValues.join(', ')}` : ''
  return `${instancePath.slice(1)} ${message}${allowed}.`
}

/** For a program: when its settings are at fault, their lines are all that it prints, and it ends with code 1. */
export async function readOrExit<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}
