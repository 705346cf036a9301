import { test } from 'tap'
import { createTestProcessor } from '../../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { announceResult } from '../../../pipeline/steps/announce-result.ts'
import { claimRecord } from '../../../pipeline/steps/claim-record.ts'
import { recordResult } from '../../../pipeline/steps/record-result.ts'

test('the event leaves the outbox only after it is published', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const claimed = await claimRecord({ stage: 'requested', image }, fixture.deps)
  if (claimed.stage !== 'claimed') throw new Error('expected a claim')
  const rejection = { reason: 'image_corrupt', detail: 'Damaged.' } as const
  const recorded = await recordResult(
    { ...claimed, stage: 'decided', result: { status: 'rejected', rejection } },
    fixture.deps,
  )
  const owedWhilePublishing: boolean[] = []
  const eventBus = {
    publish: async () => {
      owedWhilePublishing.push((await fixture.find(image))?.pendingEvents !== undefined)
    },
  }
  const done = await announceResult({ ...recorded, stage: 'manifestStored' }, { ...fixture.deps, eventBus })
  t.strictSame(done, {
    stage: 'done',
    outcome: 'rejected',
    reason: 'image_corrupt',
    bytes: { original: (await fixture.find(image))?.byteLength, variants: 0 },
  })
  t.strictSame(owedWhilePublishing, [true])
  const record = await fixture.find(image)
  t.notOk(record?.pendingEvents)
  t.notOk(record?.leaseOwner)
})
