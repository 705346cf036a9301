import t from 'tap'
import type { ImageRecord, ImageStatus } from '../../core/images/image-record.ts'
import { rawKey } from '../../core/images/object-key.ts'
import { newDelivery } from '../../core/webhooks/webhook-delivery.ts'
import { createTestApp } from '../../scripts/testkit/create-test-app.ts'
import { bearer, makeBadCredentials } from './isolation/bad-credentials.ts'
import { endpointRoutes, eventId, imageRoutes, type Route, routes } from './isolation/guarded-routes.ts'
import { makeImage } from './isolation/make-image.ts'
import { newEndpointId, newId } from './isolation/new-id.ts'
import { type Isolated, startIsolated } from './isolation/start-isolated.ts'

const states: ImageStatus[] = ['pending', 'processing', 'ready', 'rejected']

function ask({ app }: Isolated, { method, url, payload }: Route, imageId: string, headers = {}) {
  return app.inject({ method, url: url(imageId), headers, ...(payload && { payload: payload(imageId) }) })
}

t.test('every operation that needs a key is in the matrix, with its scope', async (t) => {
  const { app } = await createTestApp(t)
  await app.ready()
  const { paths = {} } = app.swagger() as unknown as { paths: Record<string, Record<string, Operation>> }
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  const guarded = operations.filter(({ security }) => security.length > 0)
  const scopeOf = (operation: Operation) => [operation.operationId, operation['x-required-scope']]
  t.strictSame(
    Object.fromEntries(guarded.map(scopeOf)),
    Object.fromEntries(Object.entries(routes).map(([name, { scope }]) => [name, scope])),
  )
})

interface Operation {
  operationId: string
  security: object[]
  'x-required-scope'?: string
}

t.test('without valid credentials, a call has no effect and reveals nothing', async (t) => {
  const system = await startIsolated(t)
  const owner = bearer(system.keys.make({ tenant: 'owner' }).text)
  const imageId = newId()
  const refusals = await makeBadCredentials(t, system)
  let cases = 0
  for (const [name, route] of Object.entries(routes)) {
    await ask(system, routes.createUpload as Route, imageId, owner)
    for (const [why, { status, code, headers }] of Object.entries(refusals)) {
      for (const id of name in endpointRoutes ? [newEndpointId()] : [imageId, newId()]) {
        system.asked.length = 0
        const answer = await ask(system, route, id, headers(route))
        t.match(answer.json(), { status, code }, `${name}, ${why}`)
        t.match(answer.headers['www-authenticate'], /^Bearer /, `${name}, ${why}`)
        t.strictSame(system.asked, [], `${name}, ${why}: the catalog is not read`)
        t.notMatch(answer.body, imageId)
        cases += 1
      }
    }
  }
  t.comment(
    `${cases} refusals: ${Object.keys(routes).length} calls, ${Object.keys(refusals).length} credentials`,
  )
})

t.test(
  'no operation reveals another tenant’s images, by its response or by its database calls',
  async (t) => {
    const system = await startIsolated(t)
    const { keys, issuer, catalog, asked, published, stored } = system
    const others = {
      'by key': bearer(keys.make({ tenant: 'other' }).text),
      'by token': bearer(await issuer.sign({ tenant: 'other', scope: 'upload read' }, Date.now())),
    }
    const owner = bearer(keys.make({ tenant: 'owner' }).text)
    let cases = 0
    for (const [name, route] of Object.entries(imageRoutes)) {
      for (const status of states) {
        for (const [way, other] of Object.entries(others)) {
          const theirs = await makeImage(catalog, status)
          stored.add(rawKey((await catalog.find('owner', theirs)) as ImageRecord))
          const unowned = newId()
          const answers = []
          for (const imageId of [theirs, unowned]) {
            asked.length = 0
            const answer = await ask(system, route, imageId, other)
            answers.push({ ...comparable(answer, imageId), asked: [...asked] })
          }
          t.strictSame(answers[0], answers[1], `${name} of an image that is ${status}, ${way}`)
          const own = await ask(system, route, theirs, owner)
          t.ok(own.statusCode < 300, 'its owner can read it')
          cases += 1
        }
      }
    }
    t.comment(`${cases} pairs: ${Object.keys(imageRoutes).length} calls, ${states.length} states, 2 ways`)
    const mixed = published.filter(({ data }) => !data.objectKey.startsWith(`${data.tenant}/`))
    t.strictSame(mixed, [])
  },
)

t.test('another tenant’s webhook endpoint is treated as unknown', async (t) => {
  const system = await startIsolated(t)
  const { keys, issuer, asked, webhooks } = system
  const owner = bearer(keys.make({ tenant: 'owner' }).text)
  const { endpointId } = (await ask(system, routes.createWebhook as Route, 'hook', owner)).json()
  const parts = { tenant: 'owner', endpointId, eventId, eventType: 'image.processed', body: '{}' }
  await webhooks.deliveries.add(newDelivery(parts, Date.now(), Date.now()))
  const others = {
    'by key': bearer(keys.make({ tenant: 'other' }).text),
    'by token': bearer(await issuer.sign({ tenant: 'other', scope: 'admin' }, Date.now())),
  }
  for (const [name, route] of Object.entries(endpointRoutes)) {
    for (const [way, other] of Object.entries(others)) {
      const answers = []
      for (const id of [endpointId, newEndpointId()]) {
        asked.length = 0
        const answer = await ask(system, route, id, other)
        answers.push({ ...comparable(answer, id), asked: [...asked] })
      }
      t.match(answers[0], { status: 404, body: /WEBHOOK_NOT_FOUND/ }, `${name}, ${way}`)
      t.strictSame(answers[0], answers[1], `${name}, ${way}`)
    }
    const own = await ask(system, route, endpointId, owner)
    t.ok(own.statusCode < 300, `${name}: its owner can access it`)
  }
  for (const other of Object.values(others)) {
    const list = await ask(system, routes.listWebhooks as Route, '', other)
    t.strictSame(list.json(), { endpoints: [] })
  }
})

/** A response without the parts that differ in every request. */
function comparable(answer: Awaited<ReturnType<typeof ask>>, id: string) {
  const { 'x-request-id': _id, date: _date, ...lasting } = answer.headers
  const { 'ratelimit-remaining': _left, 'ratelimit-reset': _reset, ...headers } = lasting
  const checksum = Buffer.from(id, 'hex').toString('base64')
  const body = answer.body
    .replaceAll(id, 'ID')
    .replaceAll(checksum || id, 'CHECKSUM')
    .replace(/"requestId":"[^"]+"/, '')
    .replace(/X-Amz-(Signature|Date)=\w+/g, '')
    .replace(/"expiresAt":"[^"]+"/g, '')
  return { status: answer.statusCode, headers, body }
}
