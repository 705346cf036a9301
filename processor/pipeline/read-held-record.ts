import { LeaseLost } from '../../core/errors.ts'
import type { ImageRecord } from '../../core/images/image-record.ts'
import type { Held, ProcessorDeps } from './stages.ts'

/**
 * Reads the record again after the decision. A worker that was suspended for longer than its lease would otherwise act on an outdated
 * record.
 * @throws LeaseLost when this worker no longer holds the lease
 */
export async function readHeldRecord(
  { record, owner }: Held,
  { catalog }: Pick<ProcessorDeps, 'catalog'>,
): Promise<ImageRecord> {
  const current = await catalog.find(record.tenant, record.imageId)
  if (current?.generation === record.generation && current.leaseOwner === owner) return current
  throw new LeaseLost('another worker has taken over the lease')
}
