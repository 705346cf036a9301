import type { ProcessorDeps, Work } from '../work.ts'

/** Deletes the variants that only the recipe before had. After the record is final: until then they could be read. */
export async function removeReplaced(
  work: Work<'described'>,
  { processedBucket }: ProcessorDeps,
): Promise<Work<'cleared'>> {
  const keys = work.record.replacedKeys ?? []
  await Promise.all(keys.map((key) => processedBucket.remove(key)))
  return { ...work, stage: 'cleared' }
}
