import {
  canBeUploadedAgain,
  declaresTheSame,
  type ImageRecord,
  type UploadRequest,
} from '../images/image-record.ts'
import { nextGeneration } from '../images/object-key.ts'
import type { Find } from './find-own.ts'
import type { Change } from './image-change.ts'
import { leaseAttributes } from './image-leases.ts'
import { type ImageTable, ifAlive } from './image-table.ts'
import { pendingUnchanged, relayAttributes } from './outbox.ts'
import { indexEntry, sparseIndexes } from './sparse-indexes.ts'

interface RedeclareOptions {
  /** Age at which the reconciler first checks an unfinished image. */
  checkAfterMs: number
  /** Epoch milliseconds. */
  now: () => number
}

/** Creates the function that updates an existing record with the declaration of a newer upload request, where that is permitted. */
export function createRedeclare(table: ImageTable, find: Find, { checkAfterMs, now }: RedeclareOptions) {
  /** Returns the resulting record. */
  return async function redeclare(record: ImageRecord, request: UploadRequest): Promise<ImageRecord> {
    const change = changeFor(record, request)
    if (!change) return record
    const changed = await table.change(record, change)
    if (changed) return ifAlive(changed, now()) ?? record
    // Another request or a worker changed the record after it was read.
    const current = await find(record.tenant, record.imageId)
    return current ? redeclare(current, request) : record
  }

  function changeFor(record: ImageRecord, request: UploadRequest): Change | undefined {
    if (record.status === 'pending') return isCurrent(record, request) ? undefined : declare(record, request)
    return canBeUploadedAgain(record, request) ? startAgain(record, request) : undefined
  }

  function isCurrent(record: ImageRecord, request: UploadRequest): boolean {
    const isYoung = now() - Date.parse(record.createdAt) < checkAfterMs
    return isYoung && declaresTheSame(record, request) && record.fileName === request.fileName
  }

  function declare(record: ImageRecord, { byteLength, contentType, fileName }: UploadRequest) {
    // The upload may start only now, so the reconciler's first check is postponed.
    const entry = indexEntry(sparseIndexes.unfinished, record, now() + checkAfterMs)
    return {
      set: { byteLength, contentType, fileName, ...entry },
      remove: fileName === undefined ? ['fileName'] : [],
      condition: '#status = :current',
      values: { ':current': record.status },
    }
  }

  /**
   * Makes a rejected record pending under its next generation, and so under a new object key, because S3 does not overwrite the
   * object that was rejected. A rejection that is not published yet stays in the outbox, and a relay publishes it.
   */
  function startAgain(record: ImageRecord, request: UploadRequest): Change {
    const { set, remove, condition, values } = declare(record, request)
    const isPending = record.pendingEvents !== undefined
    const pending = isPending
      ? pendingUnchanged(record)
      : { condition: 'attribute_not_exists(#pendingEvents)' }
    return {
      set: { ...set, status: 'pending', generation: nextGeneration(record.generation), attempts: 0 },
      raiseSequence: true,
      setIfAbsent: isPending ? indexEntry(sparseIndexes.outbox, record, now()) : {},
      remove: [
        ...remove,
        'rejection',
        'startedAt',
        'finishedAt',
        'aloneAttempts',
        ...leaseAttributes,
        ...relayAttributes,
      ],
      condition: `${condition} AND ${pending.condition}`,
      values: { ...values, ...('values' in pending && pending.values) },
    }
  }
}
