import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import t from 'tap'
import { rejections } from '../../core/errors.ts'
import { addDeadLetterHeaders } from '../../core/events/dead-letter-headers.ts'
import { headersOf, imageEvent, type Topic, topics } from '../../core/events/image-events.ts'
import { acceptedContentTypes } from '../../core/images/formats.ts'
import { newRecord } from '../../core/images/image-record.ts'
import { generateSecret, webhookEvents } from '../../core/webhooks/webhook-endpoint.ts'
import { streamTopics } from '../../gateway/live-events/event-feed.ts'
import { signWebhook } from '../../processor/webhooks/send/sign-webhook.ts'

interface Message {
  /** Absent for events of the stream, which have no headers. */
  headers?: { $ref: string }
  payload: { $ref?: string }
  examples: { headers?: object; payload: unknown }[]
}

const document = JSON.parse(await readFile(new URL('../asyncapi.json', import.meta.url), 'utf8'))
const messages: Record<string, Message> = document.components.messages
const base = 'https://hashgate.example/asyncapi.json'
const ajv = new Ajv({ strict: false, allErrors: true })
formats.default(ajv)
ajv.addSchema(document, base)

const nowMs = Date.UTC(2026, 10, 22, 10)
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const request = {
  tenant: 'local',
  imageId: 'ab'.repeat(32),
  byteLength: 5,
  contentType: 'image/png',
} as const
const record = newRecord(request, nowMs, 604_800)

/** The validation errors, or an empty string. */
function faultsOf(schema: string | undefined, value: unknown): string {
  if (!schema) return ''
  const validate = ajv.getSchema(base + schema)
  if (!validate) throw new Error(`there is no ${schema}`)
  return validate(value) ? '' : ajv.errorsText(validate.errors)
}

t.test('the document is AsyncAPI 3', async (t) => {
  const specification = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json')
  const strict = new Ajv({ strict: false, allErrors: true, validateFormats: false })
  const validate = strict.compile(specification)
  t.ok(validate(document), strict.errorsText(validate.errors))
})

t.test('its Kafka channels are the topics in the code', async (t) => {
  const channels: Record<string, { address: string; servers: { $ref: string }[] }> = document.channels
  const addresses = Object.entries(channels)
    .filter(([, { servers }]) => servers[0]?.$ref === '#/servers/kafka')
    .map(([name, { address }]) => [name, address])
  t.strictSame(Object.fromEntries(addresses), topics)
  const { properties } = document.components.schemas.RejectedImage
  t.strictSame(properties.reason.enum, Object.keys(rejections))
  t.strictSame(properties.contentType.enum.toSorted(), acceptedContentTypes.toSorted())
})

t.test('its webhooks and its stream list the events that the code sends', async (t) => {
  const { webhook, eventStream } = document.channels
  t.equal(eventStream.address, '/v1/events')
  const typesOf = ({ messages: named }: { messages: object }) =>
    Object.keys(named).map((name) => messages[name]?.payload.$ref)
  const final = ['#/components/schemas/Processed', '#/components/schemas/Rejected']
  t.strictSame(typesOf(webhook), final)
  t.strictSame(typesOf(eventStream), final)
  t.strictSame(webhookEvents, [topics.processed, topics.rejected])
  t.strictSame(streamTopics, [topics.processed, topics.rejected])
  const secrets = [generateSecret(), generateSecret()]
  const headers = signWebhook({ eventId: 'e1', body: '{}', secrets, nowMs })
  const sent = { 'content-type': 'application/cloudevents+json', ...headers }
  t.equal(faultsOf('#/components/schemas/WebhookHeaders', sent), '')
})

t.test('its headers are those of the code', async (t) => {
  const { DeadLetterHeaders, EventHeaders } = document.components.schemas
  t.strictSame(EventHeaders.properties['content-type'].const, headersOf({})['content-type'])
  for (const trace of [undefined, traceparent]) {
    t.equal(faultsOf('#/components/schemas/EventHeaders', headersOf({ traceparent: trace })), '')
  }
  t.not(faultsOf('#/components/schemas/EventHeaders', headersOf({ traceparent: 'x' })), '')
  const facts = {
    reason: 'a',
    message: 'b',
    topic: 'c',
    partition: 1,
    offset: '2',
    timestamp: 'd',
    failedAt: 'e',
  }
  t.strictSame(
    DeadLetterHeaders.required.toSorted(),
    addDeadLetterHeaders([], facts)
      .map(({ name }) => name)
      .sort(),
  )
})

t.test('its examples match its schemas', async (t) => {
  for (const [name, { headers, payload, examples }] of Object.entries(messages)) {
    t.ok(examples.length > 0, name)
    for (const example of examples) {
      t.equal(faultsOf(headers?.$ref, example.headers), '', name)
      t.equal(faultsOf(payload.$ref, example.payload), '', name)
    }
  }
})

const sources: Record<string, string> = {
  uploadRequested: '/hashgate/gateway',
  uploadCompleted: '/hashgate/gateway',
  processed: '/hashgate/processor',
  rejected: '/hashgate/processor',
  reprocessed: '/hashgate/processor',
}

t.test('every event that the code creates matches the schema of its type, and no other', async (t) => {
  for (const [name, source] of Object.entries(sources)) {
    const topic: Topic = topics[name as keyof typeof topics]
    for (const reason of name === 'rejected' ? Object.keys(rejections) : [undefined]) {
      const event = JSON.parse(JSON.stringify(imageEvent(topic, record, { source, nowMs, reason })))
      t.equal(faultsOf(messages[name]?.payload.$ref, event), '', name)
      t.equal(faultsOf(messages[name]?.payload.$ref, { ...event, traceparent }), '', `${name}, traced`)
      for (const other of Object.keys(sources).filter((kind) => kind !== name)) {
        t.not(faultsOf(messages[other]?.payload.$ref, event), '', `${name} is no ${other}`)
      }
    }
  }
})

t.test('an event with an unknown or a missing field is invalid', async (t) => {
  const event = imageEvent(topics.processed, record, { source: '/hashgate/processor', nowMs })
  const schema = messages.processed?.payload.$ref
  t.not(faultsOf(schema, { ...event, extra: 1 }), '')
  t.not(faultsOf(schema, { ...event, data: { ...event.data, extra: 1 } }), '')
  for (const name of Object.keys(event)) t.not(faultsOf(schema, { ...event, [name]: undefined }), '', name)
  // Events of earlier versions have no sequence.
  for (const name of Object.keys(event.data).filter((field) => field !== 'sequence')) {
    t.not(faultsOf(schema, { ...event, data: { ...event.data, [name]: undefined } }), '', name)
  }
})
