import { imageEvent, topics } from '../../../core/events/image-events.ts'
import { isFinal, withNextSequence } from '../../../core/images/image-record.ts'
import type { ProcessorDeps, UnpublishedRecord, Work } from '../stages.ts'

const source = '/hashgate/processor'

/**
 * Makes the record final and adds its event to the outbox in one write. If the worker dies afterwards, another one can complete the image from the record.
 * @throws LeaseLost
 */
export async function recordResult(
  { record, result, ...held }: Work<'decided'>,
  { catalog, now }: ProcessorDeps,
): Promise<Work<'recorded'>> {
  if (isFinal(record) && result.status === 'ready') {
    const event = imageEvent(topics.reprocessed, withNextSequence(record), { source, nowMs: now() })
    const remade = await catalog.completeReprocess(record, held.owner, result, event)
    return { ...held, stage: 'recorded', record: remade as UnpublishedRecord }
  }
  const topic = result.status === 'ready' ? topics.processed : topics.rejected
  const reason = result.status === 'rejected' ? result.rejection.reason : undefined
  const { byteLength = record.byteLength, contentType = record.contentType } = result
  const stated = { ...withNextSequence(record), byteLength, contentType }
  const event = imageEvent(topic, stated, { source, nowMs: now(), reason })
  const finished = await catalog.finish(record, held.owner, result, event)
  return { ...held, stage: 'recorded', record: finished as UnpublishedRecord }
}
