import { randomUUID } from 'node:crypto'
import { countedStart } from '../../../core/catalog/image-claims.ts'
import { LeaseLost, rejections } from '../../../core/errors.ts'
import { type ImageRecord, isFinal } from '../../../core/images/image-record.ts'
import type { ProcessorDeps, UnpublishedRecord, Work } from '../stages.ts'

/** Claims the image. @throws LeaseLost while another worker holds the lease; that worker may have been killed */
export async function claimRecord(
  { image, start = countedStart }: Work<'requested'>,
  { catalog, limits }: ProcessorDeps,
): Promise<Work<'claimed' | 'decided' | 'recorded' | 'done'>> {
  const owner = randomUUID()
  const claim = await catalog.claim(image, owner, limits.leaseMs, start)
  if (claim.outcome === 'busy') throw new LeaseLost('another worker holds the lease of this image')
  if (claim.outcome === 'gone') return { stage: 'done', outcome: 'expired' }
  if (claim.outcome === 'must run alone') return { stage: 'done', outcome: 'must run alone' }
  if (claim.outcome === 'finished') return { stage: 'done', outcome: 'already finished' }

  const { record } = claim
  if (isFinal(record)) return { stage: 'recorded', record: record as UnpublishedRecord, owner }
  const failedAlone = (record.aloneAttempts ?? 0) - (start.counts ? 1 : 0)
  if (failedAlone >= limits.maxAttempts) return giveUp(record, owner)
  return { stage: 'claimed', record, owner }
}

/** Rejects an image whose counted starts are used up: it would probably crash the next worker as well. */
function giveUp(record: ImageRecord, owner: string): Work<'decided'> {
  const rejection = { reason: 'processing_failed', detail: rejections.processing_failed } as const
  return { stage: 'decided', record, owner, result: { status: 'rejected', rejection } }
}
