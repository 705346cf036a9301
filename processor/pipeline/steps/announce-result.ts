import { DependencyUnavailable } from '../../../core/errors.ts'
import type { ProcessorDeps, UnpublishedRecord, Work } from '../stages.ts'

/**
 * Publishes what the record owes, and then strikes it off: an event may come twice, never not at all. When Kafka does not
 * answer, the events stay owed, a relay delivers them later, and the image is as good as done.
 */
export async function announceResult(
  { record, owner }: Work<'staleDeleted'>,
  deps: ProcessorDeps,
): Promise<Work<'done'>> {
  if (await publishInOrder(record, deps)) await deps.catalog.completeLease(record, owner)
  else await deps.catalog.handOffToRelay(record, owner)
  return {
    stage: 'done',
    outcome: record.status,
    ...(record.rejection && { reason: record.rejection.reason }),
    bytes: countBytes(record),
  }
}

/** Returns false when Kafka does not answer. */
async function publishInOrder(
  { pendingEvents }: UnpublishedRecord,
  { eventBus }: ProcessorDeps,
): Promise<boolean> {
  try {
    for (const event of pendingEvents) await eventBus.publish(event)
    return true
  } catch (error) {
    if (error instanceof DependencyUnavailable) return false
    throw error
  }
}

function countBytes({ byteLength, image }: UnpublishedRecord) {
  const variants = image?.variants.reduce((sum, variant) => sum + variant.byteLength, 0) ?? 0
  return { original: byteLength, variants }
}
