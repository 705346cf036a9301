import { Type } from 'typebox'
import { kafkaSettings } from './kafka-settings.ts'

/** The options of a setting that is a URL or empty. */
export const urlOrEmpty = {
  pattern: '^(https?://\\S+)?$',
  mustBe: 'a URL that begins with http:// or https://, or empty',
}

const url = (description: string) => Type.String({ ...urlOrEmpty, default: '', description })

/** Settings that all processes share: how to connect to S3, DynamoDB, Secrets Manager and Kafka, and how to log. */
export const connectionSettings = {
  AWS_REGION: Type.String({ default: 'us-east-1', description: 'AWS region of all services.' }),
  S3_ENDPOINT: url('URL of an S3-compatible store. Empty: AWS S3.'),
  RAW_BUCKET: Type.String({ minLength: 3, description: 'Bucket that receives the uploaded originals.' }),
  PROCESSED_BUCKET: Type.String({ minLength: 3, description: 'Bucket for variants and manifests.' }),
  DYNAMODB_ENDPOINT: url('URL of a DynamoDB-compatible store. Empty: AWS DynamoDB.'),
  CATALOG_TABLE: Type.String({ minLength: 3, description: 'DynamoDB table of the image records.' }),
  WEBHOOKS_TABLE: Type.String({
    pattern: '^(\\S{3,})?$',
    mustBe: 'the name of a table, or empty',
    default: '',
    description: 'DynamoDB table of the webhook endpoints and deliveries. Empty: webhooks are off.',
  }),
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
