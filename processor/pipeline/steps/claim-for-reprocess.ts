import { randomUUID } from 'node:crypto'
import { LeaseLost } from '../../../core/errors.ts'
import type { ProcessorDeps, Work } from '../stages.ts'

/**
 * Claims a ready image whose recipe is outdated. An image that repeatedly crashed its worker stays unchanged.
 * @throws LeaseLost while another worker holds the image
 */
export async function claimForReprocess(
  { image }: Work<'reprocessRequested'>,
  { catalog, limits, recipe }: ProcessorDeps,
): Promise<Work<'claimed' | 'done'>> {
  const owner = randomUUID()
  const claim = await catalog.claimForReprocess(image, owner, limits.leaseMs, recipe)
  if (claim.outcome === 'busy') throw new LeaseLost('another worker holds the lease of this image')
  if (claim.outcome === 'gone') return { stage: 'done', outcome: 'expired' }
  if (claim.outcome === 'finished') return { stage: 'done', outcome: 'already finished' }
  const { record } = claim
  if ((record.reprocessAttempts ?? 0) <= limits.maxAttempts) return { stage: 'claimed', record, owner }
  await catalog.release(record, owner)
  return { stage: 'done', outcome: 'unchanged', reason: 'processing_failed' }
}
