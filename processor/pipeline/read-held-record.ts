import { LeaseLost } from '../../core/errors.ts'
import type { ImageRecord } from '../../core/images/image-record.ts'
import type { Held, ProcessorDeps } from './stages.ts'

/**
 * The record as it is now, behind the verdict. A worker that slept for longer than its lease would otherwise go on by what was
 * true before.
 * @throws LeaseLost when the image is another worker's by now, or nobody's
 */
export async function readHeldRecord(
  { record, owner }: Held,
  { catalog }: Pick<ProcessorDeps, 'catalog'>,
): Promise<ImageRecord> {
  const current = await catalog.find(record.tenant, record.imageId)
  if (current?.generation === record.generation && current.leaseOwner === owner) return current
  throw new LeaseLost('the lease was taken over by another worker')
}
