import type { ImageRecord } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'

export type Find = (tenant: string, imageId: string) => Promise<ImageRecord | undefined>

/**
 * Reads the record after a condition failed. When a response was lost, the SDK repeats the write, whose condition then fails
 * because of the first one; in that case the record shows that the write succeeded.
 */
export async function findOwn(
  find: Find,
  { tenant, imageId, generation }: ImageRef,
  owner: string,
  isDone: (record: ImageRecord) => boolean = () => true,
): Promise<ImageRecord | undefined> {
  const record = await find(tenant, imageId)
  const isOwn = record?.generation === generation && record.leaseOwner === owner
  return isOwn && isDone(record) ? record : undefined
}
