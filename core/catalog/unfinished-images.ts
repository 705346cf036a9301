import type { ImageRef } from '../images/object-key.ts'
import type { ImageTable } from './image-table.ts'
import { attributesOf, entryIn, sparseIndexes } from './sparse-indexes.ts'

const { unfinished } = sparseIndexes
const pageSize = 50

/** The images whose work should be over by now. The reconciler looks after them, in case that a trigger was lost. */
export function createUnfinishedImages(table: ImageTable, now: () => number) {
  /** Images whose time to be checked has come, in pages, the oldest first within a shard. */
  const listUnfinished = (): AsyncGenerator<ImageRef[]> => table.list(unfinished, now(), pageSize)

  /** Nothing can be done for the image yet. @param checkAt when to look again, epoch milliseconds */
  async function postponeCheck(ref: ImageRef, checkAt: number): Promise<void> {
    await table.change(ref, {
      set: entryIn(unfinished, ref, checkAt),
      condition: 'attribute_exists(checkAt)',
    })
  }

  /** Nothing is left to do for the image, or its life is over. */
  async function endChecks(ref: ImageRef): Promise<void> {
    await table.change(ref, { remove: attributesOf(unfinished) })
  }

  return { listUnfinished, postponeCheck, endChecks }
}
