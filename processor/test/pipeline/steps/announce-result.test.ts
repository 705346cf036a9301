import { test } from 'tap'
import { createTestRoom } from '../../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { announceResult } from '../../../pipeline/steps/announce-result.ts'
import { claimRecord } from '../../../pipeline/steps/claim-record.ts'
import { recordResult } from '../../../pipeline/steps/record-result.ts'

test('the event is struck off only after it is on its topic', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('png'), 'image/png')
  const claimed = await claimRecord({ stage: 'asked', image }, room.deps)
  if (claimed.stage !== 'claimed') throw new Error('expected a claim')
  const rejection = { reason: 'image_corrupt', detail: 'Damaged.' } as const
  const recorded = await recordResult(
    { ...claimed, stage: 'judged', result: { status: 'rejected', rejection } },
    room.deps,
  )
  const owedWhilePublishing: boolean[] = []
  const eventBus = {
    publish: async () => {
      owedWhilePublishing.push((await room.find(image))?.owedEvents !== undefined)
    },
  }
  const done = await announceResult({ ...recorded, stage: 'cleared' }, { ...room.deps, eventBus })
  t.strictSame(done, {
    stage: 'done',
    outcome: 'rejected',
    reason: 'image_corrupt',
    bytes: { original: (await room.find(image))?.byteLength, variants: 0 },
  })
  t.strictSame(owedWhilePublishing, [true])
  const record = await room.find(image)
  t.notOk(record?.owedEvents)
  t.notOk(record?.leaseOwner)
})
