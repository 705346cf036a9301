import t from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { buildTestApp, sha256, withKey } from '../build-test-app.ts'

const upload = {
  method: 'POST' as const,
  url: '/v1/uploads',
  headers: withKey,
  payload: { sha256, byteLength: 5, contentType: 'image/png' },
}

t.test('nothing is owed', async (t) => {
  const { app } = await buildTestApp(t)
  const { statusCode, headers, body } = await app.inject('/metrics')
  t.equal(statusCode, 200)
  t.match(headers['content-type'], 'text/plain; version=0.0.4')
  t.match(body, /^hashgate_images_owing_events 0$/m)
  t.match(body, /^hashgate_oldest_owed_event_age_seconds 0$/m)
})

t.test('shows what is owed, and since when', async (t) => {
  const publish = async () => {
    throw new DependencyUnavailable('events')
  }
  const { app, clock } = await buildTestApp(t, {
    dependencies: { events: { publish, ping: async () => {} } },
  })
  await app.inject(upload)
  clock.now += 90_500
  const { body } = await app.inject('/metrics')
  t.match(body, /^hashgate_images_owing_events 1$/m)
  t.match(body, /^hashgate_oldest_owed_event_age_seconds 90.5$/m)
})

t.test('a catalog that is away: no value, and the rest', async (t) => {
  const { app, catalog } = await buildTestApp(t)
  catalog.measureOwing = async () => {
    throw new DependencyUnavailable('catalog')
  }
  const { statusCode, body } = await app.inject('/metrics')
  t.equal(statusCode, 200)
  t.match(body, /^# TYPE hashgate_images_owing_events gauge$/m)
  t.notMatch(body, /^hashgate_images_owing_events \d/m)
})

t.test('many who ask at once are one question to the catalog', async (t) => {
  const { app, catalog } = await buildTestApp(t)
  let asked = 0
  catalog.measureOwing = async () => {
    asked += 1
    return { count: 3, oldestMs: undefined }
  }
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.inject('/metrics')))
  for (const { body } of answers) t.match(body, /^hashgate_images_owing_events 3$/m)
  t.equal(asked, 1)
})
