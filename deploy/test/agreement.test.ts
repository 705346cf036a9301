import { readFile } from 'node:fs/promises'
import { S3Client } from '@aws-sdk/client-s3'
import t from 'tap'
import { s3ClientOptions } from '../../core/aws/aws-client-options.ts'
import { imageEvent, type Topic, topics } from '../../core/events/image-events.ts'
import { newRecord } from '../../core/images/image-record.ts'
import { webhookEvents } from '../../core/webhooks/webhook-endpoint.ts'
import { readGatewayConfig } from '../../gateway/config.ts'
import { streamGroupPrefix } from '../../gateway/live-events/event-feed.ts'
import { streamLimits } from '../../gateway/live-events/stream-limits.ts'
import { createPresignUpload } from '../../gateway/uploads/presign-upload.ts'
import { readProcessorConfig } from '../../processor/config.ts'
import { isScheduleEvent } from '../../processor/triggers/read-schedule-event.ts'
import { createTestApp } from '../../scripts/testkit/create-test-app.ts'
import { accessNames } from '../../scripts/topics/access-names.ts'
import { environments, modelEnvironment } from '../model/model-environment.ts'
import { modelResource } from '../model/model-resource.ts'
import { account, region } from '../model/name-resource.ts'
import { functionSettings, gatewaySettings, processorSettings } from '../model/read-settings.ts'
import { readTemplate } from '../read-template.ts'
import { findStatements, listOf, type Statement } from './policies/find-statements.ts'

t.test('the access rules for Kafka in the documentation name every group of consumers', async (t) => {
  const text = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  t.match(text, `prefix \`${streamGroupPrefix}\``)
  const { KAFKA_GROUP_ID } = readProcessorConfig(processorSettings(modelEnvironment('dev')))
  t.match(text, `\`${KAFKA_GROUP_ID}\``)
})

for (const env of environments) {
  const stacks = modelEnvironment(env)
  const gateway = readGatewayConfig(gatewaySettings(stacks))
  const processor = readProcessorConfig(processorSettings(stacks))
  const policyOf = (name: string) =>
    modelResource<{ PolicyDocument: { Statement: Statement[] } }>(stacks, 'storage', name).PolicyDocument
      .Statement

  t.test(`${env}: the lifetime of a URL matches the signature age that its bucket accepts`, async (t) => {
    for (const [name, seconds] of [
      ['RawBucketPolicy', gateway.PRESIGN_TTL_SECONDS],
      ['ProcessedBucketPolicy', gateway.VARIANT_URL_TTL_SECONDS],
    ] as const) {
      const ages = policyOf(name).flatMap(({ Condition }) =>
        listOf(Condition?.NumericGreaterThan?.['s3:signatureAge']),
      )
      t.same(ages, [seconds * 1_000], name)
    }
  })

  t.test(`${env}: the load balancer closes an idle connection before the gateway does`, async (t) => {
    const { app } = await createTestApp(t)
    const { LoadBalancerAttributes } = modelResource<{
      LoadBalancerAttributes: { Key: string; Value: string }[]
    }>(stacks, 'edge', 'LoadBalancer')
    const idle = LoadBalancerAttributes.find(({ Key }) => Key === 'idle_timeout.timeout_seconds')
    t.ok(Number(idle?.Value) * 1_000 < app.server.keepAliveTimeout)
    t.ok(Number(idle?.Value) > gateway.MAX_WAIT_SECONDS, 'and not while a request waits for an image')
  })

  t.test(`${env}: a gateway that leaves the load balancer ends its streams itself`, async (t) => {
    const { TargetGroupAttributes } = modelResource<{
      TargetGroupAttributes: { Key: string; Value: string }[]
    }>(stacks, 'edge', 'TargetGroup')
    const delay = TargetGroupAttributes.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds')
    const { maxLifetimeSeconds, heartbeatSeconds, flushSeconds } = streamLimits
    // The age of a stream starts at a random second of its heartbeat, and is part of its lifetime.
    t.ok(Number(delay?.Value) > maxLifetimeSeconds + flushSeconds)
    t.ok(Number(delay?.Value) > gateway.MAX_WAIT_SECONDS)
    t.ok(heartbeatSeconds * 2 < 60, 'one heartbeat can be lost within the idle timeout')
  })

  t.test(`${env}: a deployment keeps the number of gateways that auto scaling chose`, async (t) => {
    const group = modelResource<Record<string, unknown>>(stacks, 'gateway', 'Group')
    t.notOk('DesiredCapacity' in group)
    t.ok(Number(group.MinSize) < Number(group.MaxSize), 'room to scale, and to replace one by one')
  })

  t.test(
    `${env}: the gateway and the processor have the same size limit, brokers, buckets and table`,
    async (t) => {
      t.equal(gateway.MAX_UPLOAD_BYTES, processor.MAX_UPLOAD_BYTES)
      t.equal(gateway.KAFKA_TOPIC_PREFIX, processor.KAFKA_TOPIC_PREFIX)
      t.equal(gateway.KAFKA_BROKERS, processor.KAFKA_BROKERS)
      t.same(
        [gateway.RAW_BUCKET, gateway.PROCESSED_BUCKET, gateway.CATALOG_TABLE],
        [processor.RAW_BUCKET, processor.PROCESSED_BUCKET, processor.CATALOG_TABLE],
      )
    },
  )

  t.test(`${env}: the gateway reaches the table of webhooks only when they are on`, async (t) => {
    const isOn = gateway.WEBHOOKS_TABLE !== ''
    t.equal(isOn, env === 'dev')
    const arn = `arn:aws:dynamodb:${region}:${account}:table/hashgate-${env}-webhooks`
    const statements = findStatements(stacks.filter(({ stack }) => stack === 'gateway')).map(
      ({ statement }) => statement,
    )
    const allowed = statements.filter(({ Resource }) => listOf(Resource).some((name) => name.startsWith(arn)))
    t.same(
      allowed.flatMap(({ Resource }) => Resource),
      isOn ? [arn, `${arn}/index/log`] : [],
    )
    if (isOn) t.ok(arn.endsWith(`/${gateway.WEBHOOKS_TABLE}`))
  })

  t.test(`${env}: the timeout of the function is shorter than its lease on an image`, async (t) => {
    const { Timeout, MemorySize, ReservedConcurrentExecutions } = modelResource<{
      Timeout: number
      MemorySize: number
      ReservedConcurrentExecutions?: number
    }>(stacks, 'processor', 'Function')
    t.ok(Timeout < processor.LEASE_SECONDS, 'timeout below the lease')
    t.ok(MemorySize * 1024 ** 2 > processor.MAX_DECODE_BYTES * 2, 'memory for what is let in')
    t.ok(Timeout > processor.IMAGE_TIMEOUT_SECONDS + processor.PUBLISH_TIMEOUT_SECONDS, 'time for one image')
    t.ok(gateway.RECONCILE_AFTER_SECONDS > processor.LEASE_SECONDS, 'the reconciler comes after the lease')
    t.not(ReservedConcurrentExecutions, 0, 'none reserved is not none at all')
    t.not(ReservedConcurrentExecutions, 1, 'the reconciler finds room beside a busy trigger')
  })

  t.test(`${env}: the triggers send the events that the processor reads`, async (t) => {
    const source = modelResource<{
      Topics: string[]
      FunctionResponseTypes: string[]
      FilterCriteria: { Filters: { Pattern: string }[] }
      MaximumRecordAgeInSeconds: number
      BatchSize: number
    }>(stacks, 'processor', 'CompletedEvents')
    t.same(source.Topics, [processor.KAFKA_TOPIC_PREFIX + topics.uploadCompleted])
    t.equal(
      source.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      processor.REPORT_BATCH_ITEM_FAILURES,
    )
    t.ok(source.MaximumRecordAgeInSeconds < gateway.RETENTION_DAYS * 86_400, 'not older than an image can be')

    const [filter] = source.FilterCriteria.Filters
    const { value } = JSON.parse(filter?.Pattern ?? '{}') as { value: { type: string[] } }
    t.same(Object.keys(value), ['type'])
    const typeOf = (topic: Topic) => imageEvent(topic, someRecord(), { source: '/test', nowMs: 0 }).type
    t.same(value.type, [typeOf(topics.uploadCompleted)])

    const { Target } = modelResource<{ Target: { Arn: string; Input: string } }>(
      stacks,
      'processor',
      'ReconcilerSchedule',
    )
    t.ok(isScheduleEvent(JSON.parse(Target.Input)), 'the schedule is known as one')
  })

  t.test(`${env}: a throttled schedule queues no runs`, async (t) => {
    const { Target } = modelResource<{ Target: { Arn: string } }>(stacks, 'processor', 'ReconcilerSchedule')
    t.match(Target.Arn, /ReconcilerAlias/, 'it invokes an alias, which has limits of its own')
    const limits = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 }
    t.match(modelResource(stacks, 'processor', 'ReconcilerInvocation'), {
      Qualifier: 'reconciler',
      ...limits,
    })
    const hasWebhooks = stacks.some(({ stack, resources }) => stack === 'webhooks' && resources.RetrySchedule)
    if (hasWebhooks) t.match(modelResource(stacks, 'webhooks', 'AsyncInvocation'), limits)
  })

  t.test(`${env}: an outage of S3 or DynamoDB replaces no gateway`, async (t) => {
    const { HealthCheckPath } = modelResource<{ HealthCheckPath: string }>(stacks, 'edge', 'TargetGroup')
    t.equal(HealthCheckPath, '/readyz', 'the load balancer sends no requests to it')
    const group = modelResource<Record<string, unknown>>(stacks, 'gateway', 'Group')
    t.match(group, { HealthCheckType: 'EC2', InstanceMaintenancePolicy: { MinHealthyPercentage: 100 } })
  })

  t.test(`${env}: CORS allows every signed header`, async (t) => {
    const s3 = new S3Client({
      ...s3ClientOptions({ AWS_REGION: 'us-east-1', S3_ENDPOINT: '', DYNAMODB_ENDPOINT: '' }),
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
    t.teardown(() => s3.destroy())
    const presign = await createPresignUpload(s3, {
      bucket: gateway.RAW_BUCKET,
      ttlSeconds: 900,
      now: Date.now,
    })
    const { headers, method } = await presign('key', someRecord())
    const { CorsConfiguration } = modelResource<{
      CorsConfiguration: {
        CorsRules: Record<'AllowedHeaders' | 'AllowedMethods' | 'AllowedOrigins', string[]>[]
      }
    }>(stacks, 'storage', 'RawBucket')
    const [rule] = CorsConfiguration.CorsRules
    // Nobody has this origin: S3 takes no rule without one.
    t.same(rule?.AllowedOrigins, (gateway.CORS_ORIGINS || 'https://example.invalid').split(','))
    t.same(rule?.AllowedMethods, [method])
    // Browsers set the length themselves; nobody needs leave for it.
    const own = Object.keys(headers).filter((name) => name !== 'content-length')
    t.same(
      [...own, 'x-amz-meta-*'].filter((name) => !rule?.AllowedHeaders.includes(name)),
      [],
    )
  })
}

t.test('each component logs in to Kafka as the user that npm run topics gives its access to', async (t) => {
  const stacks = modelEnvironment('dev')
  const { users } = accessNames('dev')
  for (const [component, user] of Object.entries(users)) {
    const name = `hashgate/dev/kafka/${component}-login`
    const secret = Object.values(stacks.find(({ stack }) => stack === 'kafka')?.resources ?? {}).find(
      ({ Properties }) => Properties.Name === name,
    )?.Properties as { GenerateSecretString: { SecretStringTemplate: string } }
    t.strictSame(JSON.parse(secret.GenerateSecretString.SecretStringTemplate), { username: user })
    const read = JSON.stringify(stacks.find(({ stack }) => stack === component)?.resources)
    t.match(read, `kafka/${component}-login`)
    for (const other of Object.keys(users))
      if (other !== component) t.notMatch(read, `kafka/${other}-login`, `${component} does not read it`)
  }
})

t.test('the event sources of webhooks read the events that an endpoint can subscribe to', async (t) => {
  const stacks = modelEnvironment('dev')
  const processor = readProcessorConfig(processorSettings(stacks))
  const config = readProcessorConfig(functionSettings(stacks, 'webhooks'))
  const sources = ['ProcessedEvents', 'RejectedEvents'].map((name) =>
    modelResource<{
      Topics: string[]
      FunctionResponseTypes: string[]
      FilterCriteria: { Filters: { Pattern: string }[] }
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: string }
    }>(stacks, 'webhooks', name),
  )
  t.same(
    sources.flatMap(({ Topics }) => Topics),
    webhookEvents.map((topic) => processor.KAFKA_TOPIC_PREFIX + topic),
  )
  t.same(
    sources.map(({ FilterCriteria }) => JSON.parse(FilterCriteria.Filters[0]?.Pattern ?? '{}')),
    webhookEvents.map((topic) => ({
      value: { type: [imageEvent(topic, someRecord(), { source: '/test', nowMs: 0 }).type] },
    })),
  )
  for (const { FunctionResponseTypes } of sources)
    t.equal(FunctionResponseTypes.includes('ReportBatchItemFailures'), config.REPORT_BATCH_ITEM_FAILURES)
  const groups = sources.map((source) => source.SelfManagedKafkaEventSourceConfig.ConsumerGroupId)
  t.equal(new Set(groups).size, 2, 'Lambda takes no consumer group twice')
  const { groups: allowed } = accessNames('dev')
  t.strictSame(groups, allowed.webhooks.slice(1), 'npm run topics allows the groups')
  t.strictSame(allowed.webhooks[0], config.KAFKA_WEBHOOK_GROUP_ID)
  t.strictSame(allowed.processor, [
    processor.KAFKA_GROUP_ID,
    modelResource<(typeof sources)[number]>(stacks, 'processor', 'CompletedEvents')
      .SelfManagedKafkaEventSourceConfig.ConsumerGroupId,
  ])

  const { Timeout } = modelResource<{ Timeout: number }>(stacks, 'webhooks', 'Function')
  t.ok(Timeout > config.WEBHOOK_TIMEOUT_SECONDS * 2 + 10, 'time for tries before the last one')
  const { Target } = modelResource<{ Target: { Input: string } }>(stacks, 'webhooks', 'RetrySchedule')
  t.ok(isScheduleEvent(JSON.parse(Target.Input)))
})

t.test(
  'the function that delivers webhooks is in no group that the VPC admits, and reaches no bucket',
  async (t) => {
    const stacks = modelEnvironment('dev')
    const { VpcConfig } = modelResource<{ VpcConfig: { SecurityGroupIds: string[] } }>(
      stacks,
      'webhooks',
      'Function',
    )
    t.same(VpcConfig.SecurityGroupIds, ['sg-delivers-webhooks'])
    const statements = findStatements(stacks.filter(({ stack }) => stack === 'webhooks')).map(
      ({ statement }) => statement,
    )
    const actions = statements.flatMap(({ Action }) => listOf(Action))
    t.same(
      actions.filter((action) => action.startsWith('s3:')),
      [],
    )
    const tables = statements
      .flatMap(({ Resource }) => listOf(Resource))
      .filter((name) => name.startsWith('arn:aws:dynamodb'))
    t.ok(tables.length > 0)
    for (const name of tables) t.match(name, /:table\/hashgate-dev-webhooks(\/index\/(due|log))?$/)
  },
)

t.test('a change of the launch template replaces no broker, and an operator can terminate one', async (t) => {
  const { Resources } = readTemplate({ stack: 'kafka-cluster', template: 'kafka-cluster.yaml', writes: [] })
  const brokers = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::EC2::Instance')
  t.equal(brokers.length, 3)
  for (const [id, { Properties = {} }] of brokers) {
    t.match(Properties.LaunchTemplate, { Version: { Ref: `${id}Version` } }, id)
    t.notOk(Properties.DisableApiTermination || Properties.InstanceType, id)
  }
})

const someRecord = () =>
  newRecord(
    { tenant: 'acme', imageId: '9f'.repeat(32), byteLength: 1, contentType: 'image/jpeg' },
    Date.now(),
    604_800,
  )
