import { test } from 'tap'
import { createTestProcessor } from '../../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { claimRecord } from '../../../pipeline/steps/claim-record.ts'
import { recordResult } from '../../../pipeline/steps/record-result.ts'

test('the result and its pending event are stored in one write', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const claimed = await claimRecord({ stage: 'requested', image }, fixture.deps)
  if (claimed.stage !== 'claimed') throw new Error('expected a claim')
  const rejection = { reason: 'image_corrupt', detail: 'Damaged.' } as const
  const decided = { ...claimed, stage: 'decided', result: { status: 'rejected', rejection } } as const

  const recorded = await recordResult(decided, fixture.deps)
  const stored = await fixture.find(image)
  t.match(stored, { status: 'rejected', rejection, finishedAt: '2026-11-22T10:00:00.000Z' })
  t.equal(stored?.sequence, 3, 'one more than while it was processed')
  t.strictSame(stored?.pendingEvents, recorded.record.pendingEvents)
  t.match(stored?.pendingEvents, [
    {
      id: `local/${image.imageId}/20261122/image.rejected`,
      source: '/hashgate/processor',
      type: 'hashgate.image.rejected.v1',
      data: { reason: 'image_corrupt', imageId: image.imageId, sequence: 3 },
    },
  ])
  t.equal(fixture.eventBus.published.length, 0, 'no event is published before the record is written')
  await t.rejects(recordResult({ ...decided, owner: 'another worker' }, fixture.deps), {
    name: 'LeaseLost',
  })
})
