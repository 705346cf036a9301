import { test } from 'tap'
import { imageEvent, topics } from '../../../../core/events/image-events.ts'
import { manifestKey } from '../../../../core/images/object-key.ts'
import { createStepDeps, fetchedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import type { UnpublishedRecord } from '../../../pipeline/stages.ts'
import { storeManifest } from '../../../pipeline/steps/store-manifest.ts'

const { record } = fetchedWork(Buffer.from('bytes'), 'image/png')
const nowMs = Date.UTC(2026, 10, 22, 11)
const pending = {
  leaseUntil: nowMs + 60_000,
  finishedAt: new Date(nowMs).toISOString(),
  pendingEvents: [imageEvent(topics.processed, record, { source: '/hashgate/processor', nowMs })],
}

test('the manifest has the content of the record, without leases and attempts', async (t) => {
  const { deps, processedBucket } = createStepDeps()
  const variants = [
    { name: 'thumb', key: 'k', contentType: 'image/webp', width: 1, height: 1, byteLength: 44 },
  ]
  const image = {
    format: 'png',
    width: 3,
    height: 2,
    placeholder: 'abc',
    dominantColor: '#000000',
    variants,
  } as const
  const ready: UnpublishedRecord = {
    ...record,
    status: 'ready',
    fileName: 'a.png',
    image: { ...image, variants },
    ...pending,
  }
  t.match(await storeManifest({ stage: 'recorded', owner: 'test', record: ready }, deps), {
    stage: 'manifestStored',
  })

  const stored = processedBucket.objects.get(manifestKey(record))
  t.equal(stored?.contentType, 'application/json')
  t.strictSame(JSON.parse(String(stored?.bytes)), {
    tenant: 'local',
    imageId: record.imageId,
    generation: '20261122',
    status: 'ready',
    rawKey: `local/${record.imageId}/20261122`,
    byteLength: 5,
    contentType: 'image/png',
    fileName: 'a.png',
    createdAt: '2026-11-22T10:00:00.000Z',
    processedAt: '2026-11-22T11:00:00.000Z',
    expiresAt: record.expiresAt,
    attempts: 1,
    ...image,
  })
})

test('a rejected image has a manifest too', async (t) => {
  const { deps, processedBucket } = createStepDeps()
  const rejection = { reason: 'image_corrupt', detail: 'The image is damaged.' } as const
  const rejected: UnpublishedRecord = { ...record, status: 'rejected', rejection, ...pending }
  await storeManifest({ stage: 'recorded', owner: 'test', record: rejected }, deps)
  const manifest = JSON.parse(String(processedBucket.objects.get(manifestKey(record))?.bytes))
  t.match(manifest, { status: 'rejected', reason: 'image_corrupt', detail: 'The image is damaged.' })
  t.notOk('variants' in manifest)
})
