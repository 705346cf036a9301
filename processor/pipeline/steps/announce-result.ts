import { DependencyUnavailable } from '../../../core/errors.ts'
import type { ProcessorDeps, UnpublishedRecord, Work } from '../stages.ts'

/**
 * Publishes the record's pending events and then removes them, so an event can be published twice but is never lost. If Kafka is
 * unavailable, the events stay pending, a relay publishes them later, and processing counts as finished.
 */
export async function announceResult(
  { record, owner, storedAtMs, gainMapOmitted }: Work<'manifestStored'>,
  deps: ProcessorDeps,
): Promise<Work<'done'>> {
  if (await publishInOrder(record, deps)) await deps.catalog.completeLease(record, owner)
  else await deps.catalog.handOffToRelay(record, owner)
  return {
    stage: 'done',
    outcome: record.status,
    ...(record.rejection && { reason: record.rejection.reason }),
    ...(gainMapOmitted && { gainMapOmitted }),
    ...(storedAtMs && { waitMs: Date.parse(record.finishedAt) - storedAtMs }),
    bytes: countBytes(record),
  }
}

/** Returns false when Kafka is unavailable. */
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
