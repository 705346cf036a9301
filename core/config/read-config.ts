import { envSchema } from 'env-schema'
import { type Static, type TObject, Type } from 'typebox'
import { ConfigError } from './config-error.ts'
import { kafkaSettings } from './kafka-settings.ts'

const url = (description: string) => Type.String({ pattern: '^(https?://\\S+)?$', default: '', description })

/** Settings with which every process reaches S3, DynamoDB, Secrets Manager and Kafka. */
export const connectionSettings = {
  AWS_REGION: Type.String({ default: 'us-east-1', description: 'AWS region of all services.' }),
  S3_ENDPOINT: url('URL of an S3-compatible store. Empty: AWS S3.'),
  RAW_BUCKET: Type.String({ minLength: 3, description: 'Bucket that receives the uploaded originals.' }),
  PROCESSED_BUCKET: Type.String({ minLength: 3, description: 'Bucket for variants and manifests.' }),
  DYNAMODB_ENDPOINT: url('URL of a DynamoDB-compatible store. Empty: AWS DynamoDB.'),
  CATALOG_TABLE: Type.String({ minLength: 3, description: 'DynamoDB table of the image records.' }),
  SECRETS_MANAGER_ENDPOINT: url('URL of a Secrets Manager replacement. Empty: AWS Secrets Manager.'),
  ...kafkaSettings,
  RETENTION_DAYS: Type.Integer({
    minimum: 1,
    maximum: 365,
    default: 7,
    description:
      'Lifetime of an image in days, counted from its first upload request. `npm run topics` uses it as the retention of events.',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(
    'URL of an OpenTelemetry collector that accepts OTLP over HTTP. Empty: no tracing.',
  ),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Lowest level that is logged, as JSON lines on stdout.',
  }),
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
