import { inspect } from 'node:util'
import t from 'tap'
import { Type } from 'typebox'
import { connectionSettings } from '../../config/connection-settings.ts'
import { readConfig } from '../../config/read-config.ts'

const schema = Type.Object({ ...connectionSettings, API_KEY: Type.String({ minLength: 16 }) })
const needed = {
  RAW_BUCKET: 'raw-bucket',
  PROCESSED_BUCKET: 'processed-bucket',
  CATALOG_TABLE: 'catalog',
  KAFKA_BROKERS: '127.0.0.1:9092',
  API_KEY: 'hg_test_0123456789',
}

function errorOf(environment: NodeJS.ProcessEnv): Error {
  try {
    readConfig(schema, environment)
  } catch (error) {
    return error as Error
  }
  throw new Error('the settings were accepted')
}

t.test('settings that are not set have their defaults', async (t) => {
  t.strictSame(readConfig(schema, needed), {
    ...needed,
    AWS_REGION: 'us-east-1',
    S3_ENDPOINT: '',
    DYNAMODB_ENDPOINT: '',
    WEBHOOKS_TABLE: '',
    KAFKA_TOPIC_PREFIX: '',
    SECRETS_MANAGER_ENDPOINT: '',
    KAFKA_TLS: false,
    KAFKA_CA_FILE: '',
    KAFKA_CA_SECRET_ID: '',
    KAFKA_SASL_USERNAME: '',
    KAFKA_SASL_PASSWORD: '',
    KAFKA_SASL_SECRET_ID: '',
    RETENTION_DAYS: 7,
    OTEL_EXPORTER_OTLP_ENDPOINT: '',
    LOG_LEVEL: 'info',
  })
})

t.test('values are converted to their types', async (t) => {
  const config = readConfig(schema, {
    ...needed,
    RETENTION_DAYS: '30',
    LOG_LEVEL: 'silent',
    AWS_REGION: 'eu-west-1',
  })
  t.match(config, { RETENTION_DAYS: 30, LOG_LEVEL: 'silent', AWS_REGION: 'eu-west-1' })
})

t.test('other variables are ignored', async (t) => {
  const environment = { ...needed, PATH: '/bin', AWS_SECRET_ACCESS_KEY: 'secret' }
  const config = readConfig(schema, environment)
  t.notOk('PATH' in config)
  t.notOk('AWS_SECRET_ACCESS_KEY' in config)
  t.strictSame(environment, { ...needed, PATH: '/bin', AWS_SECRET_ACCESS_KEY: 'secret' })
})

t.test('process.env is not read', async (t) => {
  process.env.RETENTION_DAYS = '99'
  t.teardown(() => delete process.env.RETENTION_DAYS)
  t.equal(readConfig(schema, needed).RETENTION_DAYS, 7)
})

t.test('the error names each missing setting', async (t) => {
  for (const name of Object.keys(needed)) t.match(errorOf({ ...needed, [name]: undefined }).message, name)
})

const wrongValues: [name: string, value: string][] = [
  ['RAW_BUCKET', ''],
  ['PROCESSED_BUCKET', 'ab'],
  ['CATALOG_TABLE', ''],
  ['KAFKA_BROKERS', ''],
  ['RETENTION_DAYS', '0'],
  ['RETENTION_DAYS', '366'],
  ['RETENTION_DAYS', '1.5'],
  ['RETENTION_DAYS', ''],
  ['RETENTION_DAYS', 'week'],
  ['LOG_LEVEL', 'loud'],
  ['LOG_LEVEL', ''],
  ['API_KEY', 'short'],
]

t.test('the error names each invalid setting', async (t) => {
  for (const [name, value] of wrongValues) {
    t.match(errorOf({ ...needed, [name]: value }).message, name, `${name}=${value}`)
  }
})

t.test('all errors are reported together', async (t) => {
  const { message } = errorOf({ LOG_LEVEL: 'loud', RETENTION_DAYS: 'week' })
  for (const name of [...Object.keys(needed), 'LOG_LEVEL', 'RETENTION_DAYS']) t.match(message, name)
})

t.test('the message has one line per setting with the expected value', async (t) => {
  const { message } = errorOf({ ...needed, RAW_BUCKET: undefined, RETENTION_DAYS: 'week', LOG_LEVEL: 'loud' })
  t.strictSame(message.split('\n').sort(), [
    'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.',
    'RAW_BUCKET is not set.',
    'RETENTION_DAYS must be an integer from 1 to 365.',
  ])
})

t.test('no message prints a regular expression', async (t) => {
  const { message } = errorOf({ ...needed, S3_ENDPOINT: 'here', KAFKA_BROKERS: 'a:1;b:2' })
  t.strictSame(message.split('\n').sort(), [
    'KAFKA_BROKERS must be one or more brokers as host:port, separated by commas.',
    'S3_ENDPOINT must be a URL that begins with http:// or https://, or empty.',
  ])
})

t.test('settings that contradict each other are reported with the invalid ones', async (t) => {
  const read = () =>
    readConfig(schema, { ...needed, RETENTION_DAYS: 'week', LOG_LEVEL: 'debug' }, (config) => {
      t.notOk('RETENTION_DAYS' in config, 'an invalid setting is absent')
      return [`A ${config.LOG_LEVEL} log is too long.`]
    })
  t.throws(read, { message: 'RETENTION_DAYS must be an integer from 1 to 365.\nA debug log is too long.' })
})

t.test('the message contains no values', async (t) => {
  const error = errorOf({ ...needed, API_KEY: 'hunter2', LOG_LEVEL: 'hunter3', RAW_BUCKET: 'h4' })
  const printed = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)
  for (const value of ['hunter2', 'hunter3', 'h4', needed.CATALOG_TABLE]) t.notMatch(printed, `'${value}'`)
  t.notMatch(error.message, /hunter|h4/)
})
