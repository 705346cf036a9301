import { test } from 'tap'
import { createTestRoom } from '../../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { claimRecord } from '../../../pipeline/steps/claim-record.ts'
import { recordResult } from '../../../pipeline/steps/record-result.ts'

test('the verdict and the event that it owes are one write', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('png'), 'image/png')
  const claimed = await claimRecord({ stage: 'asked', image }, room.deps)
  if (claimed.stage !== 'claimed') throw new Error('expected a claim')
  const rejection = { reason: 'image_corrupt', detail: 'Damaged.' } as const
  const judged = { ...claimed, stage: 'judged', result: { status: 'rejected', rejection } } as const

  const recorded = await recordResult(judged, room.deps)
  const stored = await room.find(image)
  t.match(stored, { status: 'rejected', rejection, finishedAt: '2026-11-22T10:00:00.000Z' })
  t.strictSame(stored?.owedEvents, recorded.record.owedEvents)
  t.match(stored?.owedEvents, [
    {
      id: `local/${image.imageId}/20261122/image.rejected`,
      source: '/hashgate/processor',
      type: 'hashgate.image.rejected.v1',
      data: { reason: 'image_corrupt', imageId: image.imageId },
    },
  ])
  t.equal(room.eventBus.published.length, 0, 'nothing is said before it is written')
  await t.rejects(recordResult({ ...judged, owner: 'somebody else' }, room.deps), {
    name: 'LeaseUnavailable',
  })
})
