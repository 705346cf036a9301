import { test } from 'tap'
import { createTestRoom } from '../../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { claimRecord } from '../../../pipeline/steps/claim-record.ts'

test('each claim has an owner of its own, also within one process', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('png'), 'image/png')
  const first = await claimRecord({ stage: 'asked', image }, room.deps)
  await t.rejects(claimRecord({ stage: 'asked', image }, room.deps), { name: 'LeaseUnavailable' })
  room.clock.nowMs += room.deps.limits.leaseMs + 1
  const second = await claimRecord({ stage: 'asked', image }, room.deps)
  t.match([first, second], [{ stage: 'claimed' }, { stage: 'claimed', record: { attempts: 2 } }])
  t.ok('owner' in first && 'owner' in second && first.owner !== second.owner)
})

test('a final record that owes its event goes on where it stopped, however often it was tried', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(Buffer.from('text'), 'image/png')
  const { processImage } = await import('../../../pipeline/process-image.ts')
  const silent = { ...room.deps, eventBus: { publish: () => Promise.reject(new Error('killed')) } }
  await t.rejects(processImage(image, silent), /killed/)
  room.clock.nowMs += room.deps.limits.leaseMs + 1
  const limits = { ...room.deps.limits, maxAttempts: 1 }
  t.match(await claimRecord({ stage: 'asked', image }, { ...room.deps, limits }), {
    stage: 'recorded',
    record: { status: 'rejected', rejection: { reason: 'format_unsupported' } },
  })
})
