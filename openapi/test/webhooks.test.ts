import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import t from 'tap'
import { rejections } from '../../core/errors.ts'
import { imageEvent, topics } from '../../core/events/image-events.ts'
import { newRecord } from '../../core/images/image-record.ts'
import { webhookEvents } from '../../core/webhooks/webhook-endpoint.ts'
import { createTestEvent, testEventType } from '../../gateway/webhooks/create-test-event.ts'

const document = JSON.parse(await readFile(new URL('../openapi.json', import.meta.url), 'utf8'))
const base = 'https://hashgate.example/openapi.json'
const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
ajv.addSchema(document, base)

const nowMs = Date.UTC(2026, 10, 22, 10)
const request = {
  tenant: 'acme',
  imageId: 'ab'.repeat(32),
  byteLength: 5,
  contentType: 'image/png',
} as const
const record = newRecord(request, nowMs, 604_800)
const source = '/hashgate/processor'
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

interface Sent {
  id: string
  data: object
}

/** The events that the code creates, as they are sent. */
const events: [string, Sent][] = [
  [topics.processed, imageEvent(topics.processed, record, { source, nowMs })],
  ...Object.keys(rejections).map((reason): [string, Sent] => [
    topics.rejected,
    imageEvent(topics.rejected, record, { source, nowMs, reason }),
  ]),
  [testEventType, JSON.parse(createTestEvent({ tenant: 'acme', endpointId: 'whe_1' }, nowMs).body)],
]

function operationOf(name: string) {
  const { post } = document.webhooks[name]
  const { $ref } = post.requestBody.content['application/cloudevents+json'].schema
  return { ...post, $ref, schema: document.components.schemas[$ref.split('/').at(-1)] }
}

t.test('the contract lists the webhooks of the code, with the signature headers', async (t) => {
  t.strictSame(Object.keys(document.webhooks), [...webhookEvents, testEventType])
  for (const name of Object.keys(document.webhooks)) {
    const { parameters, security } = operationOf(name)
    t.strictSame(
      parameters.map((parameter: { name: string; in: string }) => [parameter.in, parameter.name]),
      ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((header) => ['header', header]),
    )
    t.strictSame(security, [])
  }
})

t.test('every event matches its schema and no other, and the schema lists all of its fields', async (t) => {
  for (const [name, made] of events) {
    const { schema } = operationOf(name)
    const dataSchema = document.components.schemas[schema.properties.data.$ref.split('/').at(-1)]
    for (const event of [made, { ...made, traceparent }]) {
      for (const other of Object.keys(document.webhooks)) {
        const validate = ajv.getSchema(base + operationOf(other).$ref)
        t.equal(validate?.(JSON.parse(JSON.stringify(event))), other === name, `${made.id} as ${other}`)
      }
      for (const field of Object.keys(event)) t.ok(schema.properties[field], `${name} ${field}`)
      for (const field of Object.keys(event.data)) t.ok(dataSchema.properties[field], `${name} data.${field}`)
    }
  }
})
