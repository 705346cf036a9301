import t from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { createTestApp, sha256, withKey } from '../../../scripts/testkit/create-test-app.ts'

const upload = {
  method: 'POST' as const,
  url: '/v1/uploads',
  headers: withKey,
  payload: { sha256, byteLength: 5, contentType: 'image/png' },
}

t.test('the outbox metrics are 0 without pending events', async (t) => {
  const { admin } = await createTestApp(t)
  const { statusCode, headers, body } = await admin.inject('/metrics')
  t.equal(statusCode, 200)
  t.match(headers['content-type'], 'text/plain; version=0.0.4')
  t.match(body, /^hashgate_images_owing_events 0$/m)
  t.match(body, /^hashgate_oldest_owed_event_age_seconds 0$/m)
})

t.test('shows how many events are pending and for how long', async (t) => {
  const publish = async () => {
    throw new DependencyUnavailable('events')
  }
  const { app, admin, clock } = await createTestApp(t, {
    dependencies: { events: { publish, ping: async () => {} } },
  })
  await app.inject(upload)
  clock.now += 90_500
  const { body } = await admin.inject('/metrics')
  t.match(body, /^hashgate_images_owing_events 1$/m)
  t.match(body, /^hashgate_oldest_owed_event_age_seconds 90.5$/m)
})

t.test('an unavailable catalog affects only the outbox metrics', async (t) => {
  const { admin, catalog } = await createTestApp(t)
  catalog.outbox.measurePending = async () => {
    throw new DependencyUnavailable('catalog')
  }
  const { statusCode, body } = await admin.inject('/metrics')
  t.equal(statusCode, 200)
  t.match(body, /^# TYPE hashgate_images_owing_events gauge$/m)
  t.notMatch(body, /^hashgate_images_owing_events \d/m)
})

t.test('concurrent scrapes cause one request to the catalog', async (t) => {
  const { admin, catalog } = await createTestApp(t)
  let asked = 0
  catalog.outbox.measurePending = async () => {
    asked += 1
    return { count: 3, oldestMs: undefined }
  }
  const answers = await Promise.all(Array.from({ length: 20 }, () => admin.inject('/metrics')))
  for (const { body } of answers) t.match(body, /^hashgate_images_owing_events 3$/m)
  t.equal(asked, 1)
})

t.test('the public server does not serve the metrics', async (t) => {
  const { app } = await createTestApp(t)
  t.equal((await app.inject({ url: '/metrics', headers: withKey })).statusCode, 404)
})

t.test('requests are counted by operation, status and code, and timed', async (t) => {
  const { app, admin } = await createTestApp(t)
  await app.inject(upload)
  await app.inject({ ...upload, headers: {} })
  await app.inject({ url: `/v1/images/${sha256}`, headers: withKey })
  for (const path of ['/a', '/b/c', '/v1/images/x/y/z']) await app.inject(path)
  const { body } = await admin.inject('/metrics')
  const count = (operation: string, status: number, code: string) =>
    `hashgate_http_requests_total{operation="${operation}",status="${status}",code="${code}"}`
  const lines = body.split('\n')
  t.ok(lines.includes(`${count('createUpload', 201, '')} 1`))
  t.ok(lines.includes(`${count('createUpload', 401, 'UNAUTHENTICATED')} 1`))
  t.ok(lines.includes(`${count('getImage', 200, '')} 1`))
  t.ok(lines.includes(`${count('other', 404, 'ROUTE_NOT_FOUND')} 3`), 'unknown paths add no label values')
  t.ok(lines.includes('hashgate_http_request_duration_seconds_count{operation="createUpload"} 2'))
})

t.test('granted uploads and saved bytes are counted', async (t) => {
  const { app, admin, records } = await createTestApp(t)
  await app.inject(upload)
  for (const record of records.values()) record.status = 'processing'
  await app.inject(upload)
  await app.inject(upload)
  const { body } = await admin.inject('/metrics')
  t.match(body, /^hashgate_uploads_total{outcome="granted"} 1$/m)
  t.match(body, /^hashgate_uploads_total{outcome="duplicate"} 2$/m)
  t.match(body, /^hashgate_bytes_saved_total 10$/m)
})

t.test('no label names a tenant, a key or an image', async (t) => {
  const { app, admin, keys } = await createTestApp(t)
  const { text, record } = keys.make({ tenant: 'very-secret-tenant' })
  await app.inject({ ...upload, headers: { authorization: `Bearer ${text}` } })
  const { body } = await admin.inject('/metrics')
  for (const word of ['very-secret-tenant', record.keyId, sha256]) t.notMatch(body, word)
})
