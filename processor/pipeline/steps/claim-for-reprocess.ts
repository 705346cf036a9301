import { randomUUID } from 'node:crypto'
import { LeaseLost } from '../../../core/errors.ts'
import type { ProcessorDeps, Work } from '../stages.ts'

/**
 * Takes the lease of an image that another recipe has made. One that ended its workers again and again stays as it was.
 * @throws LeaseLost while somebody else is on it
 */
export async function claimForReprocess(
  { image }: Work<'reprocessRequested'>,
  { catalog, limits, recipe }: ProcessorDeps,
): Promise<Work<'claimed' | 'done'>> {
  const owner = randomUUID()
  const claim = await catalog.claimForReprocess(image, owner, limits.leaseMs, recipe)
  if (claim.outcome === 'busy') throw new LeaseLost('another worker is on this image')
  if (claim.outcome === 'gone') return { stage: 'done', outcome: 'gone' }
  if (claim.outcome === 'finished') return { stage: 'done', outcome: 'finished before' }
  const { record } = claim
  if ((record.reprocessAttempts ?? 0) <= limits.maxAttempts) return { stage: 'claimed', record, owner }
  await catalog.release(record, owner)
  return { stage: 'done', outcome: 'left as it was', reason: 'processing_failed' }
}
