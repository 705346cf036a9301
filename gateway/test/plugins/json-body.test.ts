import t from 'tap'
import { createTestApp, sha256, withKey } from '../../../scripts/testkit/create-test-app.ts'

const json = { ...withKey, 'content-type': 'application/json' }
const deep = `${'['.repeat(4_500)}${']'.repeat(4_500)}`

t.test('a body nested too deeply is invalid, on every route that reads one', async (t) => {
  const { app, records } = await createTestApp(t)
  const calls = [
    ['/v1/uploads', `{"sha256":${deep.slice(0, 3_000)}`],
    ['/v1/uploads/batch', `{"uploads":[${deep}]}`],
    ['/v1/uploads/batch', deep],
    [`/v1/images/${sha256}/complete`, deep],
  ] as const
  for (const [url, payload] of calls) {
    const response = await app.inject({ method: 'POST', url, headers: json, payload })
    t.equal(response.statusCode, 400, url)
    t.match(response.json(), {
      code: 'VALIDATION_FAILED',
      errors: [{ field: 'body', message: 'must NOT be nested deeper than 32 levels' }],
    })
  }
  t.equal(records.size, 0)
})

t.test('a route without a body accepts an empty one of type JSON', async (t) => {
  const { app, stored } = await createTestApp(t)
  const payload = { sha256, byteLength: 5, contentType: 'image/png' }
  await app.inject({ method: 'POST', url: '/v1/uploads', headers: withKey, payload })
  stored.add(`local/${sha256}/20261122`)
  const complete = { method: 'POST', url: `/v1/images/${sha256}/complete` } as const
  t.equal((await app.inject({ ...complete, headers: json })).statusCode, 202)
  t.equal((await app.inject({ ...complete, headers: json, payload: '{}' })).statusCode, 202)
  t.match((await app.inject({ ...complete, headers: json, payload: '{' })).json(), { code: 'BODY_NOT_JSON' })
  const empty = await app.inject({ method: 'POST', url: '/v1/uploads', headers: json })
  t.match(empty.json(), { code: 'BODY_NOT_JSON' }, 'where a body is needed, it must not be empty')
})
