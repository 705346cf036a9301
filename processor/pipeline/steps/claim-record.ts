import { randomUUID } from 'node:crypto'
import { LeaseLost, rejections } from '../../../core/errors.ts'
import { type ImageRecord, isFinal } from '../../../core/images/image-record.ts'
import type { ProcessorDeps, UnpublishedRecord, Work } from '../stages.ts'

/** Takes the image's lease. @throws LeaseLost while another worker holds it: that worker may have been killed */
export async function claimRecord(
  { image }: Work<'requested'>,
  { catalog, limits }: ProcessorDeps,
): Promise<Work<'claimed' | 'decided' | 'recorded' | 'done'>> {
  const owner = randomUUID()
  const claim = await catalog.claim(image, owner, limits.leaseMs)
  if (claim.outcome === 'busy') throw new LeaseLost('another worker is on this image')
  if (claim.outcome === 'gone') return { stage: 'done', outcome: 'gone' }
  if (claim.outcome === 'finished') return { stage: 'done', outcome: 'finished before' }

  const { record } = claim
  if (isFinal(record)) return { stage: 'recorded', record: record as UnpublishedRecord, owner }
  if (record.attempts > limits.maxAttempts) return giveUp(record, owner)
  return { stage: 'claimed', record, owner }
}

/** An image that ended its workers this often would end the next one too. */
function giveUp(record: ImageRecord, owner: string): Work<'decided'> {
  const rejection = { reason: 'processing_failed', detail: rejections.processing_failed } as const
  return { stage: 'decided', record, owner, result: { status: 'rejected', rejection } }
}
