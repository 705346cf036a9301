import t from 'tap'
import { imageEvent } from '../../../core/events/image-events.ts'
import { webhookEvents } from '../../../core/webhooks/webhook-endpoint.ts'
import { readGatewayConfig } from '../../../gateway/config.ts'
import { readProcessorConfig } from '../../../processor/config.ts'
import { isScheduleEvent } from '../../../processor/triggers/read-schedule-event.ts'
import { accessNames } from '../../../scripts/topics/access-names.ts'
import { environments, modelEnvironment } from '../../model/model-environment.ts'
import { modelResource } from '../../model/model-resource.ts'
import { account, region } from '../../model/name-resource.ts'
import { functionSettings, gatewaySettings, processorSettings } from '../../model/read-settings.ts'
import { findStatements, listOf } from '../policies/find-statements.ts'
import { someRecord } from './some-record.ts'

for (const env of environments) {
  const stacks = modelEnvironment(env)
  const gateway = readGatewayConfig(gatewaySettings(stacks))

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
}

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
  t.equal(new Set(groups).size, 2, 'each event source has its own consumer group')
  const { groups: allowed } = accessNames('dev')
  t.strictSame(groups, allowed.webhooks.slice(1), 'npm run topics grants access to the groups')
  t.strictSame(allowed.webhooks[0], config.KAFKA_WEBHOOK_GROUP_ID)
  t.strictSame(allowed.processor, [
    processor.KAFKA_GROUP_ID,
    modelResource<(typeof sources)[number]>(stacks, 'processor', 'CompletedEvents')
      .SelfManagedKafkaEventSourceConfig.ConsumerGroupId,
  ])

  const { Timeout } = modelResource<{ Timeout: number }>(stacks, 'webhooks', 'Function')
  t.ok(Timeout > config.WEBHOOK_TIMEOUT_SECONDS * 2 + 10, 'the timeout allows more than one delivery attempt')
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
