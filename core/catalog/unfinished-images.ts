import type { ImageRef } from '../images/object-key.ts'
import type { ImageTable } from './image-table.ts'
import { attributeNames, indexEntry, sparseIndexes } from './sparse-indexes.ts'

const { unfinished } = sparseIndexes
const pageSize = 50

/** Images that should have been processed by now. The reconciler checks them, because a trigger may have been lost. */
export function createUnfinishedImages(table: ImageTable, now: () => number) {
  /** Lists images whose check is due, in pages; within a shard the oldest come first. */
  const listUnfinished = (): AsyncGenerator<ImageRef[]> => table.list(unfinished, now(), pageSize)

  /** Postpones the next check of an image. @param checkAt epoch milliseconds */
  async function postponeCheck(ref: ImageRef, checkAt: number): Promise<void> {
    await table.change(ref, {
      set: indexEntry(unfinished, ref, checkAt),
      condition: 'attribute_exists(checkAt)',
    })
  }

  /** Stops the checks of an image that is complete or has expired. */
  async function endChecks(ref: ImageRef): Promise<void> {
    await table.change(ref, { remove: attributeNames(unfinished) })
  }

  return { listUnfinished, postponeCheck, endChecks }
}
