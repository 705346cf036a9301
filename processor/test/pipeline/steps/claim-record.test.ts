import { test } from 'tap'
import { createTestProcessor } from '../../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { claimRecord } from '../../../pipeline/steps/claim-record.ts'

test('each claim has its own owner, even within one process', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const first = await claimRecord({ stage: 'requested', image }, fixture.deps)
  await t.rejects(claimRecord({ stage: 'requested', image }, fixture.deps), { name: 'LeaseLost' })
  fixture.clock.nowMs += fixture.deps.limits.leaseMs + 1
  const second = await claimRecord({ stage: 'requested', image }, fixture.deps)
  t.match([first, second], [{ stage: 'claimed' }, { stage: 'claimed', record: { attempts: 2 } }])
  t.ok('owner' in first && 'owner' in second && first.owner !== second.owner)
})

test('a final record with a pending event resumes, regardless of its attempts', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(Buffer.from('text'), 'image/png')
  const { processImage } = await import('../../../pipeline/process-image.ts')
  const silent = { ...fixture.deps, eventBus: { publish: () => Promise.reject(new Error('killed')) } }
  await t.rejects(processImage(image, silent), /killed/)
  fixture.clock.nowMs += fixture.deps.limits.leaseMs + 1
  const limits = { ...fixture.deps.limits, maxAttempts: 1 }
  t.match(await claimRecord({ stage: 'requested', image }, { ...fixture.deps, limits }), {
    stage: 'recorded',
    record: { status: 'rejected', rejection: { reason: 'format_unsupported' } },
  })
})
