import type { ProcessorDeps, Work } from '../work.ts'

/** Publishes the event that the record owes, and then strikes it off: it may come twice, never not at all. */
export async function announceResult(
  { record, owner }: Work<'described'>,
  { catalog, eventBus }: ProcessorDeps,
): Promise<Work<'done'>> {
  await eventBus.publish(record.owedEvent)
  await catalog.settle(record, owner, record.status)
  return {
    stage: 'done',
    outcome: record.status,
    ...(record.rejection && { reason: record.rejection.reason }),
  }
}
