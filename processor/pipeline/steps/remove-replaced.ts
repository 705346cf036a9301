import { readHeldRecord } from '../read-held-record.ts'
import type { ProcessorDeps, Work } from '../stages.ts'

/**
 * Deletes the variants that only the previous recipe had. It runs after the record is final, because until then they can be read, and
 * never deletes a variant that the record names. @throws LeaseLost
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
