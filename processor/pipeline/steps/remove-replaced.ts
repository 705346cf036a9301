import { readHeldRecord } from '../read-held-record.ts'
import type { ProcessorDeps, Work } from '../stages.ts'

/**
 * Deletes the variants that only the recipe before had, after the record is final: until then they could be read. Never one
 * that the record names. @throws LeaseLost
 */
export async function removeReplaced(
  work: Work<'manifestStored'>,
  deps: ProcessorDeps,
): Promise<Work<'staleDeleted'>> {
  const replaced = work.record.replacedKeys ?? []
  if (replaced.length > 0) {
    const { image } = await readHeldRecord(work, deps)
    const named = image?.variants.map(({ key }) => key) ?? []
    const keys = replaced.filter((key) => !named.includes(key))
    await Promise.all(keys.map((key) => deps.processedBucket.remove(key)))
  }
  return { ...work, stage: 'staleDeleted' }
}
