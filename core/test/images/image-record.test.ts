import t from 'tap'
import { isExpired, isFinal, newRecord, type UploadRequest } from '../../images/image-record.ts'

const request: UploadRequest = {
  tenant: 'local',
  imageId: 'a'.repeat(64),
  byteLength: 12,
  contentType: 'image/png',
}
const dayMs = 86_400_000

t.test('a new record', async (t) => {
  const record = newRecord({ ...request, fileName: 'a.png' }, Date.UTC(2026, 10, 22, 10, 0, 0, 999), 3600)
  t.strictSame(record, {
    ...request,
    fileName: 'a.png',
    generation: '20261122',
    status: 'pending',
    createdAt: '2026-11-22T10:00:00.999Z',
    expiresAt: Date.UTC(2026, 10, 22, 11) / 1000,
    attempts: 0,
    sequence: 1,
  })
})

t.test('a record expires at its exact second, never later than its retention', async (t) => {
  for (const ms of [0, 1, 499, 999]) {
    const createdMs = Date.UTC(2026, 10, 22) + ms
    const record = newRecord(request, createdMs, 60)
    t.ok(Number.isInteger(record.expiresAt))
    t.equal(isExpired(record, createdMs), false)
    t.equal(isExpired(record, record.expiresAt * 1000 - 1), false)
    t.equal(isExpired(record, record.expiresAt * 1000), true)
    t.equal(isExpired(record, createdMs + 60_000), true)
  }
})

t.test('two uploads of an image never share a generation, down to a retention of one day', async (t) => {
  for (let hour = 0; hour < 24; hour++) {
    const bornMs = Date.UTC(2026, 10, 22, hour, 59, 59, 999)
    const first = newRecord(request, bornMs, dayMs / 1000)
    const second = newRecord(request, first.expiresAt * 1000, dayMs / 1000)
    t.ok(second.generation > first.generation, `born in hour ${hour}`)
  }
})

t.test('ready and rejected are final', async (t) => {
  t.equal(isFinal({ status: 'pending' }), false)
  t.equal(isFinal({ status: 'processing' }), false)
  t.equal(isFinal({ status: 'ready' }), true)
  t.equal(isFinal({ status: 'rejected' }), true)
})
