import { createEventBus } from '../../../core/events/event-bus.ts'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import { connectServicesKafka } from '../../local/connect-services-kafka.ts'
import { type EvidenceSettings, readRecords } from './evidence/gather-evidence.ts'

/** Says of every image on Kafka, once more, that its upload is complete. @returns how often */
export async function announceAgain(settings: EvidenceSettings): Promise<number> {
  const records = await readRecords(settings)
  const bus = createEventBus(await connectServicesKafka(), {
    topicPrefix: settings.KAFKA_TOPIC_PREFIX,
    budgetMs: 10_000,
  })
  const source = '/hashgate/gateway'
  await Promise.all(
    records.map((record) =>
      bus.publish(imageEvent(topics.uploadCompleted, record, { source, nowMs: Date.now() })),
    ),
  )
  await bus.close()
  return records.length
}
