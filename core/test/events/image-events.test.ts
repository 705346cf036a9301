import t from 'tap'
import { imageEvent, topicOf, topics } from '../../events/image-events.ts'
import { newRecord } from '../../images/image-record.ts'

const imageId = 'a'.repeat(64)
const nowMs = Date.UTC(2026, 10, 22, 10)
const record = newRecord({ tenant: 'local', imageId, byteLength: 12, contentType: 'image/png' }, nowMs, 60)
const options = { source: '/hashgate/processor', nowMs: nowMs + 1_000 }

t.test('the event has every CloudEvents attribute', async (t) => {
  t.strictSame(imageEvent(topics.processed, record, options), {
    specversion: '1.0',
    id: `local/${imageId}/20261122/image.processed`,
    source: '/hashgate/processor',
    type: 'hashgate.image.processed.v1',
    subject: imageId,
    time: '2026-11-22T10:00:01.000Z',
    datacontenttype: 'application/json',
    data: {
      tenant: 'local',
      imageId,
      generation: '20261122',
      objectKey: `local/${imageId}/20261122`,
      sequence: 1,
      byteLength: 12,
      contentType: 'image/png',
    },
  })
})

t.test('the event has a reason only if one is given', async (t) => {
  t.notOk('reason' in imageEvent(topics.processed, record, options).data)
  t.notOk('reason' in imageEvent(topics.rejected, record, { ...options, reason: '' }).data)
  t.equal(
    imageEvent(topics.rejected, record, { ...options, reason: 'image_corrupt' }).data.reason,
    'image_corrupt',
  )
})

t.test('an event does not contain internal fields of the record', async (t) => {
  const held = { ...record, leaseOwner: 'worker', fileName: 'private.png', attempts: 3 }
  t.strictSame(imageEvent(topics.processed, held, options), imageEvent(topics.processed, record, options))
})

t.test('topicOf returns the topic of an event', async (t) => {
  const found = Object.values(topics).map((topic) => topicOf(imageEvent(topic, record, options)))
  t.strictSame(found, Object.values(topics))
  t.equal(new Set(found).size, found.length)
})

t.test('the id is the same for the same occurrence and differs for another', async (t) => {
  const idOf = (...parameters: Parameters<typeof imageEvent>) => imageEvent(...parameters).id
  const id = idOf(topics.processed, record, options)
  t.equal(idOf(topics.processed, { ...record, attempts: 2 }, { ...options, nowMs: nowMs + 9_000 }), id)
  const others = [
    idOf(topics.rejected, record, options),
    idOf(topics.processed, { ...record, tenant: 'other' }, options),
    idOf(topics.processed, { ...record, imageId: 'b'.repeat(64) }, options),
    idOf(topics.processed, { ...record, generation: '20261123' }, options),
  ]
  t.equal(new Set([id, ...others]).size, 5)
})
