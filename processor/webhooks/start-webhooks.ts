import { watchTable } from '../../core/aws/watch-aws.ts'
import { startConsumer } from '../../core/kafka/consumer.ts'
import type { KafkaClient } from '../../core/kafka/kafka-client.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import { watchDependencies } from '../../core/telemetry/watch-dependencies.ts'
import { webhookEvents } from '../../core/webhooks/webhook-endpoint.ts'
import type { ProcessorConfig } from '../config.ts'
import { composeWebhooks } from './compose-webhooks.ts'
import { startDuePoller } from './start-due-poller.ts'

/** Events are only stored, so a few partitions at a time are enough. */
const concurrency = 4
const batchSize = 100
/** Storing events is quick, so a member that is silent for this long has died, and its partitions are soon reassigned. */
const sessionTimeoutMs = 6_000
/** Long, because a busy machine is slow during start-up. */
const startTimeoutMs = 10_000

/** Delivers webhooks until it is closed: with its own consumer group, and by polling the due index. */
export function startWebhooks(
  config: ProcessorConfig,
  { kafka, logger }: { kafka: KafkaClient; logger: Logger },
) {
  const { delivery, store, close: closeClients } = composeWebhooks(config, { logger })
  const dependencies = watchDependencies({ webhooks: watchTable('WEBHOOKS_TABLE', store) }, logger)
  void dependencies.check(startTimeoutMs)
  const consumer = startConsumer(kafka, {
    groupId: config.KAFKA_WEBHOOK_GROUP_ID,
    topics: webhookEvents.map((topic) => config.KAFKA_TOPIC_PREFIX + topic),
    concurrency,
    batchSize,
    sessionTimeoutMs,
    handleBatch: delivery.acceptEvents,
    logger,
  })
  const poller = startDuePoller({ ...delivery, logger })

  /** Waits for the tries in progress. If the process ends before, their leases expire and another worker repeats them. */
  async function close(): Promise<void> {
    dependencies.stop()
    await Promise.all([consumer.close(), poller.close()])
    await delivery.lanes.drain()
    await closeClients()
  }

  return { close }
}
