import t from 'tap'
import { imageEvent, type Topic, topics } from '../../../core/events/image-events.ts'
import { readGatewayConfig } from '../../../gateway/config.ts'
import { readProcessorConfig } from '../../../processor/config.ts'
import { isScheduleEvent } from '../../../processor/triggers/read-schedule-event.ts'
import { environments, modelEnvironment } from '../../model/model-environment.ts'
import { modelResource } from '../../model/model-resource.ts'
import { gatewaySettings, processorSettings } from '../../model/read-settings.ts'
import { someRecord } from './some-record.ts'

for (const env of environments) {
  const stacks = modelEnvironment(env)
  const gateway = readGatewayConfig(gatewaySettings(stacks))
  const processor = readProcessorConfig(processorSettings(stacks))

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

  t.test(`${env}: the timeout of the function is shorter than its lease on an image`, async (t) => {
    const { Timeout, MemorySize, ReservedConcurrentExecutions } = modelResource<{
      Timeout: number
      MemorySize: number
      ReservedConcurrentExecutions?: number
    }>(stacks, 'processor', 'Function')
    t.ok(Timeout < processor.LEASE_SECONDS, 'the function times out before its lease ends')
    t.ok(
      MemorySize * 1024 ** 2 > processor.MAX_DECODE_BYTES * 2,
      'the memory is enough for the largest accepted image',
    )
    t.ok(
      Timeout > processor.IMAGE_TIMEOUT_SECONDS + processor.PUBLISH_TIMEOUT_SECONDS,
      'one image can be processed and published within the timeout',
    )
    t.ok(
      gateway.RECONCILE_AFTER_SECONDS > processor.LEASE_SECONDS,
      'the reconciler waits until the lease has ended',
    )
    t.not(ReservedConcurrentExecutions, 0, 'a reserved concurrency of 0 would disable the function')
    t.not(ReservedConcurrentExecutions, 1, 'the reconciler can run while a trigger is busy')
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
    t.ok(
      source.MaximumRecordAgeInSeconds < gateway.RETENTION_DAYS * 86_400,
      'Lambda drops a Kafka record before its image can expire',
    )

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
    t.ok(isScheduleEvent(JSON.parse(Target.Input)), 'the function recognizes the event of the schedule')
  })

  t.test(`${env}: a throttled schedule queues no runs`, async (t) => {
    const { Target } = modelResource<{ Target: { Arn: string } }>(stacks, 'processor', 'ReconcilerSchedule')
    t.match(Target.Arn, /ReconcilerAlias/, 'the schedule invokes an alias, which has separate limits')
    const limits = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 }
    t.match(modelResource(stacks, 'processor', 'ReconcilerInvocation'), {
      Qualifier: 'reconciler',
      ...limits,
    })
    const hasWebhooks = stacks.some(({ stack, resources }) => stack === 'webhooks' && resources.RetrySchedule)
    if (hasWebhooks) t.match(modelResource(stacks, 'webhooks', 'AsyncInvocation'), limits)
  })
}
