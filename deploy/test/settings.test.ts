import t from 'tap'
import { readConfig } from '../../core/config/read-config.ts'
import { readGatewayConfig } from '../../gateway/config.ts'
import { compactionSettings } from '../../processor/compaction/config.ts'
import { readProcessorConfig } from '../../processor/config.ts'
import { readReportConfig } from '../../scripts/analytics/report/config.ts'
import { readCanaryConfig } from '../../scripts/canary/config.ts'
import { environments, modelEnvironment } from '../model/model-environment.ts'
import { modelResource } from '../model/model-resource.ts'
import { functionSettings, gatewaySettings, processorSettings } from '../model/read-settings.ts'

/** Settings of the runtime, which no config.ts reads. */
const ofTheProcess = ['MALLOC_ARENA_MAX', 'NODE_OPTIONS']

/** Settings that a template does not set, by the reason why. */
const unset: Record<'gateway' | 'processor', Record<string, string[]>> = {
  gateway: {
    "AWS's own": ['S3_ENDPOINT', 'DYNAMODB_ENDPOINT', 'SECRETS_MANAGER_ENDPOINT'],
    'the login and the authority are secrets': [
      'KAFKA_CA_FILE',
      'KAFKA_SASL_USERNAME',
      'KAFKA_SASL_PASSWORD',
    ],
    'read tokens are off: user data is no place for a secret': ['READ_TOKEN_SECRET'],
    'one process per instance; the group adds instances instead': ['GATEWAY_WORKERS'],
  },
  processor: {
    'Lambda sets it': ['AWS_REGION'],
    "AWS's own": ['S3_ENDPOINT', 'DYNAMODB_ENDPOINT', 'SECRETS_MANAGER_ENDPOINT'],
    'the login and the authority are secrets, which imply TLS': [
      'KAFKA_TLS',
      'KAFKA_CA_FILE',
      'KAFKA_SASL_USERNAME',
      'KAFKA_SASL_PASSWORD',
    ],
    'only the worker uses it': [
      'HOST',
      'PORT',
      'KAFKA_GROUP_ID',
      'KAFKA_WEBHOOK_GROUP_ID',
      'KAFKA_BATCH_SIZE',
      'RECONCILE_INTERVAL_SECONDS',
    ],
    'only the gateway uses it': ['RETENTION_DAYS'],
    'the measured default fits every deployment': [
      'DECODE_TIMEOUT_SECONDS',
      'IMAGE_TIMEOUT_SECONDS',
      'IMAGES_IN_FLIGHT',
      'MAX_ATTEMPTS',
      'PUBLISH_TIMEOUT_SECONDS',
      'DEAD_LETTER_AFTER_TRIES',
    ],
    'rejected by default': ['MAX_ANIMATED_PIXELS', 'MAX_PAGES'],
    "within the function's smallest memory": ['DECODE_MEMORY_MB', 'MAX_DECODE_BYTES'],
    'no collector by default': ['OTEL_EXPORTER_OTLP_ENDPOINT'],
    'another function delivers webhooks': [
      'NODE_ENV',
      'WEBHOOK_ALLOW_NETWORKS',
      'WEBHOOKS_TABLE',
      'WEBHOOK_TIMEOUT_SECONDS',
      'WEBHOOK_RETRY_SECONDS',
      'WEBHOOK_TRIES_IN_FLIGHT',
      'WEBHOOK_TRIES_PER_ENDPOINT',
    ],
  },
}

const services = {
  gateway: { settings: gatewaySettings, read: readGatewayConfig },
  processor: { settings: processorSettings, read: readProcessorConfig },
} as const

for (const env of environments) {
  for (const service of ['gateway', 'processor'] as const) {
    const { settings, read } = services[service]

    t.test(`${env}: the settings of the ${service} are those of its config.ts`, async (t) => {
      const given = settings(modelEnvironment(env))
      // The service itself reads them, so a value that it rejects fails this test.
      const config = read(given)
      const names = Object.keys(given).filter((name) => !ofTheProcess.includes(name))
      t.same(
        [...names, ...Object.values(unset[service]).flat()].toSorted(),
        Object.keys(config)
          .map((name) => (name === 'variants' ? 'VARIANTS' : name))
          .toSorted(),
        'every setting is either set or listed above with a reason',
      )
    })
  }
}

t.test('the settings of the function that writes reports are those of its config.ts', async (t) => {
  const stacks = modelEnvironment('dev')
  const given = functionSettings(stacks, 'reports')
  const config = readReportConfig(given)
  const names = Object.keys(given).filter((name) => !ofTheProcess.includes(name))
  // Lambda sets the region.
  t.same([...names, 'AWS_REGION'].toSorted(), Object.keys(config).toSorted())
  const workgroup = modelResource<{ WorkgroupName: string }>(stacks, 'analytics', 'Workgroup')
  t.equal(workgroup.WorkgroupName, `hashgate-${config.REPORT_ENV}`)
  t.match(config.REPORT_VIEWER_ROLE_ARN, modelResource(stacks, 'analytics', 'ViewerRole').RoleName)
})

t.test(
  'the function that delivers webhooks has the settings of the gateway and none that its config.ts does not read',
  async (t) => {
    const stacks = modelEnvironment('dev')
    const given = functionSettings(stacks, 'webhooks')
    const config = readProcessorConfig(given)
    t.same(
      Object.keys(given).filter((name) => !(name in config) && !ofTheProcess.includes(name)),
      [],
    )
    const gateway = readGatewayConfig(gatewaySettings(stacks))
    t.match(config, {
      NODE_ENV: gateway.NODE_ENV,
      WEBHOOKS_TABLE: gateway.WEBHOOKS_TABLE,
      WEBHOOK_ALLOW_NETWORKS: gateway.WEBHOOK_ALLOW_NETWORKS,
      METRICS_NAMESPACE: 'hashgate/dev',
    })
  },
)

t.test('the settings of compaction are those of its config.ts', async (t) => {
  for (const env of environments) {
    const given = functionSettings(modelEnvironment(env), 'compaction')
    const config = readConfig(compactionSettings, given)
    const names = Object.keys(given).filter((name) => !ofTheProcess.includes(name))
    // Lambda sets the region, and S3 is AWS's own.
    t.strictSame([...names, 'AWS_REGION', 'S3_ENDPOINT'].toSorted(), Object.keys(config).toSorted(), env)
  }
})

t.test('the settings of the canary are those of its config.ts', async (t) => {
  const stacks = modelEnvironment('dev')
  const given = functionSettings(stacks, 'canary')
  const config = readCanaryConfig(given)
  const names = Object.keys(given).filter((name) => !ofTheProcess.includes(name))
  // Lambda sets the region, and Secrets Manager is AWS's own.
  t.strictSame(
    [...names, 'AWS_REGION', 'SECRETS_MANAGER_ENDPOINT'].toSorted(),
    Object.keys(config).toSorted(),
  )
  t.match(config, {
    CANARY_GATEWAY: /^https:\/\/images\.dev\.example\.com/,
    CANARY_KEY_SECRET_ID: /:secret:hashgate\/dev\/canary\/key/,
  })
})
