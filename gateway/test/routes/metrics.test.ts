import t from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { buildTestApp, sha256, withKey } from '../build-test-app.ts'

const upload = {
  method: 'POST' as const,
  url: '/v1/uploads',
  headers: withKey,
  payload: { sha256, byteLength: 5, contentType: 'image/png' },
}

t.test('shows what is owed, and since when', async (t) => {
  const publish = async () => {
    throw new DependencyUnavailable('events')
  }
  const { app, clock } = await buildTestApp(t, {
    dependencies: { events: { publish, ping: async () => {} } },
  })
  const before = await app.inject('/metrics')
  t.equal(before.statusCode, 200)
  t.match(before.headers['content-type'], 'text/plain; version=0.0.4')
  t.match(before.body, /^hashgate_images_owing_events 0$/m)
  t.match(before.body, /^hashgate_oldest_owed_event_age_seconds 0$/m)

  await app.inject(upload)
  clock.now += 90_500
  const after = await app.inject('/metrics')
  t.match(after.body, /^hashgate_images_owing_events 1$/m)
  t.match(after.body, /^hashgate_oldest_owed_event_age_seconds 90.5$/m)
})

t.test('a catalog that is away: no value rather than an old one', async (t) => {
  const { app, catalog } = await buildTestApp(t)
  t.match((await app.inject('/metrics')).body, /^hashgate_images_owing_events 0$/m)
  catalog.measureOwing = async () => {
    throw new DependencyUnavailable('catalog')
  }
  const response = await app.inject('/metrics')
  t.equal(response.statusCode, 200)
  t.notMatch(response.body, /^hashgate_images_owing_events \d/m)
})
