import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { DependencyUnavailable } from '../errors.ts'
import { type ImageRecord, newRecord, type UploadRequest } from '../images/image-record.ts'
import { dayEntryOf } from './day-index.ts'
import { createDayTable } from './day-table.ts'
import { createImageLeases } from './image-leases.ts'
import { createImageTable, ifAlive } from './image-table.ts'
import { createImagesOfDay } from './images-of-day.ts'
import { createOutbox } from './outbox.ts'
import { createOutdatedImages } from './outdated-images.ts'
import { createScanReady } from './scan-ready.ts'
import { entryIn, sparseIndexes } from './sparse-indexes.ts'
import { createUnfinishedImages } from './unfinished-images.ts'

interface CatalogOptions {
  tableName: string
  /** How long an image may live. */
  retentionSeconds: number
  /** When the reconciler first looks after an image that is not finished; see `unfinished-images.ts`. */
  reconcileAfterSeconds?: number
  /** Epoch milliseconds. */
  now: () => number
}

export type Catalog = ReturnType<typeof createCatalog>

/**
 * The records of all images, in DynamoDB. Every change is one conditional write, so gateways and processors of any
 * number agree. Expired records count as absent everywhere.
 *
 * All functions throw `DependencyUnavailable` (a retry can help) when DynamoDB does not answer, throttles or fails.
 */
export function createCatalog(client: DynamoDBDocumentClient, options: CatalogOptions) {
  const { tableName, retentionSeconds, reconcileAfterSeconds = 300, now } = options
  const checkAfterMs = reconcileAfterSeconds * 1_000
  const { unfinished } = sparseIndexes
  const table = createImageTable(client, tableName)

  async function find(tenant: string, imageId: string): Promise<ImageRecord | undefined> {
    return ifAlive(await table.read(tenant, imageId), now())
  }

  /**
   * Creates the record of an image, or returns the one that lives already; `created` tells which.
   * A pending record takes over what the newer request declares: the earlier one may have been mistaken.
   */
  async function register(request: UploadRequest): Promise<{ created: boolean; record: ImageRecord }> {
    const record = newRecord(request, now(), retentionSeconds)
    const entries = { ...entryIn(unfinished, record, now() + checkAfterMs), ...dayEntryOf(record) }
    if (await table.create(record, entries, now())) return { created: true, record }
    // A record that expired between the write and this read is as good as a fresh one that is not there yet.
    const existing = await find(record.tenant, record.imageId)
    if (!existing) {
      throw new DependencyUnavailable('catalog', new Error('record vanished while it was registered'))
    }
    if (existing.status !== 'pending') return { created: false, record: existing }
    const isYoung = now() - Date.parse(existing.createdAt) < checkAfterMs
    if (isYoung && declaresTheSame(existing, request)) return { created: false, record: existing }
    return { created: false, record: await redeclare(existing, request) }
  }

  async function redeclare(record: ImageRecord, request: UploadRequest): Promise<ImageRecord> {
    const { byteLength, contentType, fileName } = request
    const updated = await table.change(record, {
      // The bytes may come only now: the reconciler begins anew to look for them.
      set: { byteLength, contentType, fileName, ...entryIn(unfinished, record, now() + checkAfterMs) },
      remove: fileName === undefined ? ['fileName'] : [],
      condition: '#status = :pending',
      values: { ':pending': 'pending' },
    })
    return ifAlive(updated, now()) ?? (await find(record.tenant, record.imageId)) ?? record
  }

  /** Notes that somebody did not have to send this image again. In its next life it begins at none. */
  async function countDuplicate(record: ImageRecord): Promise<void> {
    await table.change(record, { add: { duplicates: 1 } })
  }

  const imagesOfDay = createImagesOfDay(createDayTable(client, tableName), now)
  const scanReady = createScanReady(client, tableName)

  return {
    find,
    register,
    countDuplicate,
    ...createImageLeases(table, find, now),
    outbox: createOutbox(table, now),
    ...createUnfinishedImages(table, now),
    ...imagesOfDay,
    ...createOutdatedImages({ ...imagesOfDay, scanReady, retentionSeconds, now }),
    ping: table.ping,
  }
}

function declaresTheSame(record: ImageRecord, request: UploadRequest): boolean {
  const declared = ['byteLength', 'contentType', 'fileName'] as const
  return declared.every((field) => record[field] === request[field])
}
