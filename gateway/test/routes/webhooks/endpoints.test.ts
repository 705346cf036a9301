import t from 'tap'
import { maxEndpoints, validSecrets } from '../../../../core/webhooks/webhook-endpoint.ts'
import { createTestApp, withKey } from '../../../../scripts/testkit/create-test-app.ts'
import { startWebhookApp, wanted } from '../../webhooks/start-webhook-app.ts'

const { clock, webhooks, lines, makeCaller } = await startWebhookApp(t)
const unknownId = `/whe_${'x'.repeat(22)}`

t.test('an endpoint is created, read, listed and deleted', async (t) => {
  const { call } = makeCaller()
  const description = 'Order photos'
  const created = await call('POST', '', { ...wanted, description })
  t.equal(created.status, 201)
  const { secret, ...endpoint } = created.json
  const now = new Date(clock.now).toISOString()
  const { endpointId } = endpoint
  t.match(endpointId, /^whe_[\w-]{22}$/)
  t.match(secret, /^whsec_/)
  t.strictSame(endpoint, {
    endpointId,
    ...wanted,
    description,
    status: 'active',
    createdAt: now,
    updatedAt: now,
  })

  t.strictSame((await call('GET', `/${endpointId}`)).json, endpoint, 'without its secret')
  t.strictSame((await call('GET')).json, { endpoints: [endpoint] })

  const deleted = await call('DELETE', `/${endpointId}`)
  t.match(deleted, { status: 204, json: undefined })
  t.strictSame((await call('GET')).json, { endpoints: [] })
  for (const method of ['GET', 'DELETE']) {
    const answer = await call(method, `/${endpointId}`)
    t.match(answer, { status: 404, json: { code: 'WEBHOOK_NOT_FOUND' } }, method)
  }
})

t.test('a URL is stored in its normal form, an event once', async (t) => {
  const { create } = makeCaller()
  const events = ['image.rejected', 'image.processed', 'image.rejected']
  t.match(await create({ url: 'https://EXAMPLE.com:443/a/../hook', events }), {
    url: 'https://example.com/hook',
    events: ['image.rejected', 'image.processed'],
  })
})

t.test('names the invalid field', async (t) => {
  const { call, create } = makeCaller()
  const { endpointId } = await create()
  const faults: [object, string][] = [
    [{ url: 'example.com' }, 'url'],
    [{ url: 'ftp://example.com/hook' }, 'url'],
    [{ url: 'http://example.com/hook' }, 'url'],
    [{ url: 'https://name:password@example.com/hook' }, 'url'],
    [{ url: 'https://example.com/hook#part' }, 'url'],
    [{ url: 'https://example.com:25/hook' }, 'url'],
    [{ url: 'https://169.254.169.254/latest/meta-data' }, 'url'],
    [{ url: 'https://[::ffff:10.0.0.1]/hook' }, 'url'],
    [{ url: 'https://queue.internal/hook' }, 'url'],
    [{ url: `https://example.com/${'x'.repeat(2_048)}` }, 'url'],
    [{ events: [] }, 'events'],
    [{ events: ['image.upload.requested'] }, 'events.0'],
    [{ events: 'image.processed' }, 'events'],
    [{ description: 'x'.repeat(256) }, 'description'],
    [{ secret: 'whsec_mine' }, 'secret'],
  ]
  for (const [fault, field] of faults) {
    for (const [method, path, body] of [
      ['POST', '', { ...wanted, ...fault }],
      ['PATCH', `/${endpointId}`, fault],
    ] as const) {
      const answer = await call(method, path, body)
      t.match(
        answer,
        { status: 400, json: { code: 'VALIDATION_FAILED', errors: [{ field }] } },
        `${method} ${field}`,
      )
    }
  }
  t.match((await call('POST', '', {})).json.errors, [{ field: 'url' }, { field: 'events' }])
  t.equal((await call('PATCH', `/${endpointId}`, {})).status, 400, 'an empty change is invalid')
  t.equal((await call('PATCH', `/${endpointId}`, { enabled: 'true' })).status, 400)
  t.equal((await call('GET', '/whe_1')).json.errors[0].field, 'endpointId')
})

t.test('the operator can allow networks, and http for loopback addresses outside production', async (t) => {
  const settings = { WEBHOOK_ALLOW_NETWORKS: '10.0.0.0/8,127.0.0.0/8' }
  const local = await startWebhookApp(t, settings)
  const production = await startWebhookApp(t, { ...settings, NODE_ENV: 'production' })
  for (const [url, { makeCaller: make }, status] of [
    ['https://10.1.2.3/hook', { makeCaller }, 400],
    ['https://10.1.2.3/hook', local, 201],
    ['https://10.1.2.3/hook', production, 201],
    ['http://10.1.2.3/hook', local, 400],
    ['http://127.0.0.1:8080/hook', { makeCaller }, 400],
    ['http://127.0.0.1:8080/hook', local, 201],
    ['http://127.0.0.1:8080/hook', production, 400],
  ] as const) {
    t.equal((await make().call('POST', '', { ...wanted, url })).status, status, url)
  }
})

t.test('a change keeps the other fields', async (t) => {
  const { call, create } = makeCaller()
  const { secret: _, ...endpoint } = await create({ description: 'first' })
  const path = `/${endpoint.endpointId}`
  clock.now += 1_000
  const updatedAt = new Date(clock.now).toISOString()
  const { json: moved } = await call('PATCH', path, { url: 'https://example.com/elsewhere' })
  t.strictSame(moved, { ...endpoint, url: 'https://example.com/elsewhere', updatedAt })
  const events = ['image.processed', 'image.rejected']
  t.match((await call('PATCH', path, { events })).json, { events, description: 'first' })
  t.match((await call('PATCH', path, { description: 'second' })).json, { description: 'second', events })
  t.notOk('description' in (await call('PATCH', path, { description: '' })).json)
  t.match(await call('PATCH', unknownId, { events }), { status: 404, json: { code: 'WEBHOOK_NOT_FOUND' } })
})

t.test('an endpoint is disabled and enabled', async (t) => {
  const { call, create, tenant } = makeCaller()
  const { endpointId } = await create()
  const path = `/${endpointId}`
  const disabled = { status: 'disabled', disabledReason: 'requested' }
  t.match((await call('PATCH', path, { enabled: false })).json, disabled)
  t.match((await call('PATCH', path, { url: 'https://example.com/new' })).json, disabled)
  const { json: enabled } = await call('PATCH', path, { enabled: true })
  t.equal(enabled.status, 'active')
  t.notOk('disabledReason' in enabled)

  /** Changes the endpoint as deliveries do. */
  async function set(change: object) {
    const endpoint = await webhooks.endpoints.find(tenant, endpointId)
    if (endpoint) t.ok(await webhooks.endpoints.change(endpoint, change))
  }
  const failingSince = '2026-11-20T10:00:00.000Z'
  await set({ status: 'failing', failingSince })
  t.match((await call('PATCH', path, { description: 'x' })).json, { status: 'failing', failingSince })
  const { json: moved } = await call('PATCH', path, { url: 'https://example.com/newer' })
  t.equal(moved.status, 'active', 'a new URL has not failed yet')
  t.notOk('failingSince' in moved)

  await set({ status: 'disabled', disabledReason: 'gone', failingSince })
  t.match(
    (await call('PATCH', path, { enabled: false })).json,
    { disabledReason: 'gone' },
    'an endpoint that is already disabled keeps its reason',
  )
  const { json: again } = await call('PATCH', path, { enabled: true })
  t.equal(again.status, 'active')
  t.notOk('failingSince' in again)
})

t.test('a tenant has one endpoint per URL, so that a repeated request adds none', async (t) => {
  const { call, create } = makeCaller()
  const answers = await Promise.all(Array.from({ length: 4 }, () => call('POST', '', wanted)))
  t.strictSame(answers.map(({ status }) => status).sort(), [201, 409, 409, 409])
  const { endpointId } = answers.find(({ status }) => status === 201)?.json ?? {}
  for (const { status, json } of answers) {
    if (status === 409) t.match(json, { code: 'WEBHOOK_EXISTS', detail: new RegExp(endpointId) })
  }
  const other = await create({ url: 'https://example.com/other' })
  const moved = await call('PATCH', `/${other.endpointId}`, { url: wanted.url })
  t.match(moved, { status: 409, json: { code: 'WEBHOOK_EXISTS', detail: new RegExp(endpointId) } })
  t.equal((await call('PATCH', `/${endpointId}`, { url: wanted.url })).status, 200, 'its own URL')
  t.equal((await makeCaller().call('POST', '', wanted)).status, 201, 'another tenant can have the same URL')
})

t.test(`a tenant has at most ${maxEndpoints} endpoints`, async (t) => {
  const { call, create } = makeCaller()
  for (let index = 0; index < maxEndpoints; index++) {
    t.ok((await create({ url: `https://example.com/${index}` })).endpointId)
  }
  t.match(await call('POST', '', wanted), { status: 409, json: { code: 'TOO_MANY_WEBHOOKS' } })
  t.equal((await call('GET')).json.endpoints.length, maxEndpoints)
})

t.test('a rotation returns a new secret, and the earlier one stays valid for a day', async (t) => {
  const { call, create, tenant } = makeCaller()
  const { endpointId, secret } = await create()
  const rotated = await call('POST', `/${endpointId}/rotate-secret`)
  t.equal(rotated.status, 200)
  const dayLater = clock.now + 86_400_000
  const previousSecretsExpireAt = new Date(dayLater).toISOString()
  t.match(rotated.json, { endpointId, previousSecretsExpireAt, secret: /^whsec_/ })
  t.not(rotated.json.secret, secret)
  const stored = await webhooks.endpoints.find(tenant, endpointId)
  t.strictSame(stored && validSecrets(stored, clock.now), [rotated.json.secret, secret])
  t.match((await call('GET', `/${endpointId}`)).json, { previousSecretsExpireAt, secret: undefined })

  clock.now = dayLater
  t.notOk('previousSecretsExpireAt' in (await call('GET', `/${endpointId}`)).json)
  t.equal((await call('POST', `${unknownId}/rotate-secret`)).status, 404)
})

t.test('a change that conflicts with others is retried, and refused if the conflict persists', async (t) => {
  const { call, create, tenant } = makeCaller()
  const { endpointId } = await create()
  const { change, find } = webhooks.endpoints
  let meetings = 3
  webhooks.endpoints.change = async (endpoint, wanted) => {
    const current = await find(tenant, endpointId)
    if (meetings-- > 0 && current) await change(current, { failingSince: `${meetings}` })
    return change(endpoint, wanted)
  }
  t.teardown(() => Object.assign(webhooks.endpoints, { change }))
  const path = `/${endpointId}`
  t.match((await call('PATCH', path, { description: 'x' })).json, { description: 'x', failingSince: '0' })
  meetings = 100
  for (const [method, way, body] of [
    ['PATCH', path, { description: 'y' }],
    ['POST', `${path}/rotate-secret`, undefined],
  ] as const) {
    const refused = await call(method, way, body)
    t.match(refused, { status: 409, json: { code: 'WEBHOOK_CHANGED_MEANWHILE' } }, method)
  }
})

t.test('changes are audited, and no log line contains a secret', async (t) => {
  const { call, create, tenant } = makeCaller()
  const before = lines.length
  const { endpointId, secret } = await create({ url: 'https://example.com/secret-path' })
  const { json: rotated } = await call('POST', `/${endpointId}/rotate-secret`)
  await call('PATCH', `/${endpointId}`, { enabled: false, description: 'x' })
  await call('DELETE', `/${endpointId}`)
  const logged = lines.slice(before) as Record<string, unknown>[]
  const subject = { tenant, endpointId, host: 'example.com', ip: '127.0.0.1', requestId: String }
  t.match(
    logged.filter((line) => /^endpoint\./.test(String(line.audit))),
    [
      { audit: 'endpoint.created', ...subject },
      { audit: 'endpoint.secret_rotated', ...subject },
      { audit: 'endpoint.changed', ...subject, changes: ['enabled', 'description'] },
      { audit: 'endpoint.deleted', ...subject },
    ],
  )
  const text = JSON.stringify(logged)
  for (const hidden of [secret, rotated.secret, 'secret-path']) t.notMatch(text, hidden)
})

t.test('if webhooks are turned off, every call returns WEBHOOKS_NOT_ENABLED', async (t) => {
  const { app } = await createTestApp(t)
  const id = `/v1/webhooks${unknownId}`
  for (const [method, url, payload] of [
    ['POST', '/v1/webhooks', wanted],
    ['GET', '/v1/webhooks', undefined],
    ['GET', id, undefined],
    ['PATCH', id, { enabled: true }],
    ['DELETE', id, undefined],
    ['POST', `${id}/rotate-secret`, undefined],
    ['POST', `${id}/test`, undefined],
    ['GET', `${id}/deliveries`, undefined],
    ['POST', `${id}/deliveries/a/redeliver`, undefined],
    ['POST', `${id}/replay`, { since: '2026-11-22T10:00:00Z' }],
  ] as const) {
    const answer = await app.inject({ method, url, headers: withKey, ...(payload && { payload }) })
    t.match(answer.json(), { status: 404, code: 'WEBHOOKS_NOT_ENABLED' }, `${method} ${url}`)
  }
})
