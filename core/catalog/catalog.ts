import type { DocumentClient } from '../aws/document-client.ts'
import { DependencyUnavailable } from '../errors.ts'
import { type ImageRecord, newRecord, type UploadRequest } from '../images/image-record.ts'
import { dayEntryOf } from './day-index.ts'
import { createDayTable } from './day-table.ts'
import { createImageClaims } from './image-claims.ts'
import { createImageLeases } from './image-leases.ts'
import { createImageTable, ifAlive } from './image-table.ts'
import { createImagesOfDay } from './images-of-day.ts'
import { createOutbox } from './outbox.ts'
import { createRedeclare } from './redeclare.ts'
import { createReopen } from './reopen.ts'
import { createReprocessCandidates } from './reprocess-candidates.ts'
import { createScanCandidates } from './scan-candidates.ts'
import { indexEntry, sparseIndexes } from './sparse-indexes.ts'
import { createUnfinishedImages } from './unfinished-images.ts'

interface CatalogOptions {
  tableName: string
  /** Lifetime of an image. */
  retentionSeconds: number
  /** Age at which the reconciler first checks an unfinished image; see `unfinished-images.ts`. */
  reconcileAfterSeconds?: number
  /** Epoch milliseconds. */
  now: () => number
}

export type Catalog = ReturnType<typeof createCatalog>

/**
 * The records of all images, in DynamoDB. Every change is one conditional write, so any number of gateways and processors can
 * work at the same time. Expired records are treated as absent.
 *
 * All functions throw `DependencyUnavailable` (a retry can help) when DynamoDB is unreachable, throttles or fails.
 */
export function createCatalog(client: DocumentClient, options: CatalogOptions) {
  const { tableName, retentionSeconds, reconcileAfterSeconds = 300, now } = options
  const checkAfterMs = reconcileAfterSeconds * 1_000
  const { unfinished } = sparseIndexes
  const table = createImageTable(client, tableName)
  const dayTable = createDayTable(client, tableName)
  const imagesOfDay = createImagesOfDay(dayTable, now)
  const redeclare = createRedeclare(table, find, { checkAfterMs, now })

  async function find(tenant: string, imageId: string): Promise<ImageRecord | undefined> {
    return ifAlive(await table.read(tenant, imageId), now())
  }

  /** Finds at most 100 images in one call, in any order. */
  async function findMany(images: Pick<ImageRecord, 'tenant' | 'imageId'>[]): Promise<ImageRecord[]> {
    const records = await dayTable.readRecords(images)
    return records.filter((record) => ifAlive(record, now()))
  }

  /**
   * Creates the record of an image, or returns the existing one with `created: false`. The existing one takes over what the
   * request declares if it is pending, or if it was rejected for something that another upload can correct; see `redeclare.ts`.
   */
  async function register(request: UploadRequest): Promise<{ created: boolean; record: ImageRecord }> {
    const record = newRecord(request, now(), retentionSeconds)
    const entries = { ...indexEntry(unfinished, record, now() + checkAfterMs), ...dayEntryOf(record) }
    const { created, existing: refusedFor } = await table.create(record, entries, now())
    if (created) return { created, record }
    // The record can expire between the write and this read. A retry then creates a new one.
    const existing = refusedFor ?? (await find(record.tenant, record.imageId))
    if (!existing) {
      throw new DependencyUnavailable('catalog', new Error('the record expired during registration'))
    }
    return { created: false, record: await redeclare(existing, request) }
  }

  /** Counts an upload request that was answered as a duplicate. */
  async function countDuplicate(record: ImageRecord): Promise<void> {
    await table.change(record, { add: { duplicates: 1 } })
  }

  const scanCandidates = createScanCandidates(client, tableName)

  return {
    find,
    findMany,
    register,
    countDuplicate,
    ...createImageClaims(table, find, now),
    ...createImageLeases(table, find, now),
    reopen: createReopen(table, now),
    outbox: createOutbox(table, now),
    ...createUnfinishedImages(table, now),
    ...imagesOfDay,
    ...createReprocessCandidates({ ...imagesOfDay, scanCandidates, retentionSeconds, now }),
    ping: table.ping,
  }
}
