import type { ImageRef } from '../images/object-key.ts'
import type { ImageTable } from './image-table.ts'
import { indexEntry, sparseIndexes } from './sparse-indexes.ts'

/** Creates the function that makes a rejected image pending again. */
export function createReopen(table: ImageTable, now: () => number) {
  /**
   * Makes an image that was rejected as `processing_failed` pending again, with no attempt counted. The reconciler checks it from now on.
   * Returns false, and changes nothing, if it was not, or if its event is not published yet.
   */
  return async function reopen(ref: ImageRef): Promise<boolean> {
    const reopened = await table.change(ref, {
      set: { status: 'pending', attempts: 0, ...indexEntry(sparseIndexes.unfinished, ref, now()) },
      raiseSequence: true,
      remove: ['rejection', 'startedAt', 'finishedAt', 'aloneAttempts'],
      condition:
        '#status = :rejected AND #rejection.#reason = :reason AND attribute_not_exists(#pendingEvents)',
      values: { ':rejected': 'rejected', ':reason': 'processing_failed' },
    })
    return reopened !== undefined
  }
}
