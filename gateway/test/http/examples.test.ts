import t, { type Test } from 'tap'
import type { ImageRecord } from '../../../core/images/image-record.ts'
import { logPosition, newDelivery } from '../../../core/webhooks/webhook-delivery.ts'
import { createWebhookTable, openWebhookStore } from '../../../core/webhooks/webhook-store.ts'
import { createTestApp, testNow, withKey } from '../../../scripts/testkit/create-test-app.ts'
import { startTestDynamoDb } from '../../../scripts/testkit/start-test-dynamodb.ts'
import { writeCursor } from '../../http/cursor.ts'
import { examples } from '../../http/examples.ts'
import { webhookExamples } from '../../webhooks/webhook-examples.ts'

/** Signatures, hosts, random ids and secrets differ from app to app, `updatedAt` is never the same twice, and the list here ends. */
const varying = ['url', 'endpointId', 'eventId', 'secret', 'updatedAt', 'nextCursor']

const hide = (name: string) => (name === 'nextCursor' ? undefined : '…')

function withoutVarying(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer, (name, value) => (varying.includes(name) ? hide(name) : value)))
}

async function buildExampleApp(t: Test) {
  const { client, documents } = await startTestDynamoDb(t)
  await createWebhookTable(client, 'webhooks')
  const webhooks = openWebhookStore(documents, 'webhooks', () => testNow)
  const { clock, ...built } = await createTestApp(t, {
    config: { MAX_UPLOAD_BYTES: 52_428_800 },
    dependencies: { keys: { ping: async () => {} }, webhooks },
  })
  await built.app.ready()
  const document = built.app.swagger() as unknown as Document

  /** Sends the example request of an operation. @param known parameters that replace those of the examples */
  async function send(operationId: string, known: Record<string, string> = {}) {
    const { method, url, payload, responses } = exampleRequest(document, operationId, known)
    const response = await built.app.inject({ method, url, headers: withKey, payload })
    const documented = responses[response.statusCode]
    for (const name of Object.keys(documented?.headers ?? {})) {
      t.ok(response.headers[name.toLowerCase()], `${operationId} ${response.statusCode} ${name}`)
    }
    if (response.statusCode === 204) return { answer: response.body, shown: '' }
    const [media] = Object.values(documented?.content ?? {})
    t.ok(media, `${operationId} ${response.statusCode} is documented`)
    return { answer: withoutVarying(response.json()), shown: withoutVarying(media?.example) }
  }

  return { ...built, webhooks, send }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
type Schema = { $ref?: string; examples?: unknown[] }
interface Parameter {
  name: string
  in: string
  example?: unknown
  schema: Schema
}
interface Operation {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: { 'application/json': { example: object } } }
  responses: Record<string, { headers: object; content?: Record<string, { example?: unknown }> }>
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

function exampleRequest({ paths, components }: Document, operationId: string, known: Record<string, string>) {
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.operationId !== operationId) continue
      const { parameters = [], requestBody, responses } = operation
      const values = new Map(parameters.map((one) => [one.name, known[one.name] ?? exampleOf(one)]))
      const inQuery = parameters.filter((one) => one.in === 'query').map(({ name }) => name)
      const query = inQuery.map((name) => `${name}=${values.get(name)}`).join('&')
      const url = `${path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(values.get(name))))}?${query}`
      const payload = requestBody?.content['application/json'].example
      return { method: method.toUpperCase() as Method, url, payload, responses }
    }
  }
  throw new Error(`there is no ${operationId}`)

  function exampleOf({ example, schema }: Parameter): unknown {
    const shape = components.schemas[schema.$ref?.split('/').at(-1) ?? ''] ?? schema
    return example ?? shape.examples?.[0]
  }
}

t.test('examples of a new upload and of a duplicate', async (t) => {
  const { send, records, stored } = await buildExampleApp(t)
  const first = await send('createUpload')
  t.strictSame(first.answer, first.shown)

  stored.add([...records.values()].map(rawKeyOf)[0] ?? '')
  const completed = await send('completeUpload')
  t.strictSame(completed.answer, completed.shown)

  for (const record of records.values()) makeReady(record)
  const again = await send('createUpload')
  t.strictSame(again.answer, again.shown)
  const image = await send('getImage')
  t.strictSame(image.answer, image.shown)
  const list = await send('listImages')
  t.strictSame(list.answer, list.shown)
})

t.test('examples of a batch with one invalid item', async (t) => {
  const { send } = await buildExampleApp(t)
  const { answer, shown } = await send('createUploadBatch')
  t.strictSame(answer, shown)
})

t.test('examples of webhooks', async (t) => {
  const { app, send, webhooks } = await buildExampleApp(t)
  const created = await send('createWebhook')
  t.strictSame(created.answer, created.shown)
  const { endpoints } = (await app.inject({ url: '/v1/webhooks', headers: withKey })).json()
  const { endpointId } = endpoints[0]
  const { delivery } = webhookExamples
  const { nextTryAt, lastTry: last, ...entry } = delivery
  const parts = {
    tenant: 'local',
    endpointId,
    eventId: entry.eventId,
    eventType: entry.eventType,
    body: '{}',
  }
  const scheduled = newDelivery(parts, Date.parse(entry.createdAt), Date.parse(nextTryAt))
  await webhooks.deliveries.add({ ...scheduled, ...entry, last })
  const later = { ...delivery, createdAt: '2026-11-22T11:00:00.000Z' }
  const cursor = writeCursor(logPosition(later), endpointId)
  for (const name of webhookOperations) {
    const { answer, shown } = await send(name, { endpointId, cursor })
    t.strictSame(answer, shown, name)
  }
})

const webhookOperations = [
  'listWebhooks',
  'getWebhook',
  'updateWebhook',
  'listWebhookDeliveries',
  'redeliverWebhook',
  'replayWebhook',
  'testWebhook',
  'rotateWebhookSecret',
  'deleteWebhook',
]

t.test('examples of health and readiness', async (t) => {
  const { send } = await buildExampleApp(t)
  const health = await send('getHealth')
  t.strictSame(health.answer, health.shown)
  const { answer, shown } = await send('getReadiness')
  t.match(answer, withoutLatencies(shown))
})

t.test('every request example was tested above', async (t) => {
  const { app } = await buildExampleApp(t)
  const sent = [
    'createUpload',
    'completeUpload',
    'getImage',
    'createUploadBatch',
    'getHealth',
    'getReadiness',
    'listImages',
    // The example of the stream has a test in routes/stream-events.test.ts.
    'streamEvents',
    'createWebhook',
    ...webhookOperations,
  ]
  const { paths } = app.swagger() as unknown as Document
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  t.strictSame(operations.map(({ operationId }) => operationId).sort(), sent.sort())
})

const rawKeyOf = ({ tenant, imageId, generation }: ImageRecord) => `${tenant}/${imageId}/${generation}`

function makeReady(record: ImageRecord): void {
  const { image } = examples
  const { format, width, height, colorSpace, hasAlpha, pages, camera, takenAt, finishedAt } = image
  const { placeholder, dominantColor } = image
  const variants = image.variants.map(({ url: _, urlExpiresAt: __, ...variant }) => {
    return { ...variant, key: `${rawKeyOf(record)}/5f0c9b1d7a3e8264/thumb.webp` }
  })
  const found = { format, width, height, colorSpace, hasAlpha, pages, camera, takenAt }
  const facts = { ...found, placeholder, dominantColor, variants }
  Object.assign(record, { status: 'ready', sequence: image.sequence, finishedAt, image: facts })
}

function withoutLatencies(readiness: unknown): object {
  return JSON.parse(JSON.stringify(readiness, (name, value) => (name === 'latencyMs' ? undefined : value)))
}
