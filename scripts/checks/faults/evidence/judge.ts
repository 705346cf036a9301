import { topics } from '../../../../core/events/image-events.ts'
import { isFinal } from '../../../../core/images/image-record.ts'
import { readCommittedOffsets } from '../../../../core/kafka/read-committed-offsets.ts'
import { connectServicesKafka } from '../../../local/connect-services-kafka.ts'
import type { FaultRun } from '../run-fault.ts'
import type { Load } from '../start-load.ts'
import { waitUntil } from '../wait-until.ts'
import { countEffects, type Promised } from './count-effects.ts'
import type { Figures } from './figures.ts'
import { type EvidenceSettings, gatherEvidence, readRecords } from './gather-evidence.ts'

export type JudgedSettings = EvidenceSettings & { KAFKA_GROUP_ID: string }

/**
 * Waits until the load is complete, every accepted image has a final result and the processor has consumed every event, or until
 * the time limit has passed. Then counts the effects.
 */
export async function judge(
  { signal, say }: Pick<FaultRun, 'signal' | 'say'>,
  settings: JudgedSettings,
  load: Load,
  formerGenerations?: ReadonlySet<string>,
): Promise<Figures> {
  await load.done.catch((error) => {
    if (!signal.aborted) throw error
  })
  say(`${load.stored.size} images uploaded; ${describeAnswers(load)}`)
  await waitUntil(() => isSettled(settings, load), signal)
  await waitUntil(() => hasConsumedAll(settings), signal)
  say(signal.aborted ? 'time limit reached' : 'every image has a final result')
  return countEffects(await gatherEvidence(settings), load, formerGenerations)
}

function describeAnswers({ answers }: Load): string {
  const counts = [...answers].sort().map(([status, count]) => `${status} × ${count}`)
  return `the gateway answered ${counts.join(', ')}`
}

async function isSettled(settings: EvidenceSettings, { stored }: Promised): Promise<boolean> {
  const records = await readRecords(settings)
  const settled = records.filter(
    (record) => isFinal(record) && !record.pendingEvents && stored.has(record.imageId),
  )
  return settled.length === stored.size
}

/** Whether the processor has committed every event of its topic. */
async function hasConsumedAll({ KAFKA_TOPIC_PREFIX, KAFKA_GROUP_ID }: JudgedSettings): Promise<boolean> {
  const topic = KAFKA_TOPIC_PREFIX + topics.uploadCompleted
  const admin = (await connectServicesKafka()).admin()
  await admin.connect()
  try {
    const ends = await admin.fetchTopicOffsets(topic)
    const committed = await readCommittedOffsets(admin, KAFKA_GROUP_ID, topic)
    return ends.every(({ partition, high }) => BigInt(high) <= (committed.get(partition) ?? 0n))
  } finally {
    await admin.disconnect()
  }
}
