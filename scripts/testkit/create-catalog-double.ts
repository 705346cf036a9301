import { createImagesOfDay } from '../../core/catalog/images-of-day.ts'
import type { ImageEvent } from '../../core/images/image-event.ts'
import { type ImageRecord, isExpired, newRecord, type UploadRequest } from '../../core/images/image-record.ts'
import type { GatewayDependencies } from '../../gateway/http/dependencies.ts'
import { createDayTableDouble } from './day-table-double.ts'

/**
 * An in-memory double of the catalog functions that the gateway's routes use. Tests can read and change its records directly.
 * `create-catalog-double.test.ts` compares it with the real catalog.
 */
export function createCatalogDouble(
  records: Map<string, ImageRecord>,
  now: () => number,
): GatewayDependencies['catalog'] {
  const find = async (tenant: string, imageId: string) => {
    const record = records.get(`${tenant}#${imageId}`)
    return record && !isExpired(record, now()) ? record : undefined
  }
  const findMany: GatewayDependencies['catalog']['findMany'] = async (images) => {
    const found = await Promise.all(images.map(({ tenant, imageId }) => find(tenant, imageId)))
    return found.filter((record) => record !== undefined)
  }
  const register = async (request: UploadRequest) => {
    const existing = await find(request.tenant, request.imageId)
    const record = existing ?? newRecord(request, now(), 7 * 24 * 3600)
    if (record.status === 'pending') Object.assign(record, request)
    records.set(`${request.tenant}#${request.imageId}`, record)
    return { created: !existing, record }
  }
  const countDuplicate = async ({ tenant, imageId }: ImageRecord) => {
    const record = records.get(`${tenant}#${imageId}`)
    if (record) record.duplicates = (record.duplicates ?? 0) + 1
  }
  const enqueue = async (record: ImageRecord, event: ImageEvent) => {
    record.pendingEvents = [...(record.pendingEvents ?? []), event]
  }
  const measurePending = async () => {
    const pending = [...records.values()].flatMap(({ pendingEvents = [] }) => pendingEvents.slice(0, 1))
    const oldestMs = pending.map(({ time }) => Date.parse(time)).sort()[0]
    return { count: pending.length, oldestMs }
  }
  const unused = () => {
    throw new Error('this catalog double does not relay')
  }
  return {
    find,
    findMany,
    register,
    countDuplicate,
    outbox: {
      enqueue,
      measurePending,
      listPending: unused,
      lock: unused,
      unlock: unused,
      markPublished: unused,
    },
    ...createImagesOfDay(
      createDayTableDouble(() => [...records.values()]),
      now,
    ),
    ping: async () => {},
  }
}
