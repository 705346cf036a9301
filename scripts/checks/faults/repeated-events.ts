/** Delivers every S3 event six times, in random order, among repeated Kafka events for the same images. */
import { createEventBus } from '../../../core/events/event-bus.ts'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import { connectServicesKafka } from '../../local/connect-services-kafka.ts'
import { readServicesEnvironment } from '../../services/env-file.ts'
import { type EvidenceSettings, readRecords } from './evidence/gather-evidence.ts'
import { judge } from './evidence/judge.ts'
import { runFault } from './run-fault.ts'
import { startEventRepeater } from './start-event-repeater.ts'
import { startFaultSystem } from './start-fault-system.ts'
import { startLoad } from './start-load.ts'
import { waitUntil } from './wait-until.ts'

await runFault({ images: 300, seconds: 300 }, async (run) => {
  const { S3_EVENT_URL } = await readServicesEnvironment()
  const repeater = await startEventRepeater(S3_EVENT_URL)
  run.onStop(repeater.close)
  const system = await startFaultSystem(run, { processorPort: 0, notifyTo: repeater.notifyTo })

  const load = startLoad({ ...system, ...run, perSecond: 30 })
  await load.done
  // The last events may still be on their way.
  await waitUntil(() => repeater.counts().events >= run.images, run.signal)
  const [republished] = await Promise.all([republishUploads(system.evidence), repeater.repeatAll()])
  const { events, delivered } = repeater.counts()
  run.say(`${events} S3 events were delivered ${delivered} times, among ${republished} more Kafka events`)
  return judge(run, system.evidence, load)
})

/** Publishes `image.upload.completed` once more for every image. @returns the number of events */
async function republishUploads(settings: EvidenceSettings): Promise<number> {
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
