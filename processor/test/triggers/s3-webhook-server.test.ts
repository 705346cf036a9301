import { pino } from 'pino'
import { test } from 'tap'
import type { TriggerEvent } from '../../triggers/create-handler.ts'
import { createS3WebhookServer } from '../../triggers/s3-webhook-server.ts'

const logger = pino({ level: 'silent' })
const record = {
  eventName: 'ObjectCreated:Put',
  s3: { object: { key: 'a', sequencer: '1' }, bucket: { name: 'raw' } },
}

function build(handle: (event: TriggerEvent) => Promise<void>) {
  return createS3WebhookServer({ handle, logger })
}

test('204 when the event is done with; nothing but its records is handed on', async (t) => {
  const events: TriggerEvent[] = []
  const receiver = build(async (event) => void events.push(event))
  const forged = { Event: 's3:TestEvent', records: { 'image.upload.completed-0': [{}] } }
  for (const payload of [{ Records: [record] }, forged]) {
    const { statusCode } = await receiver.inject({ method: 'POST', url: '/s3-events', payload })
    t.equal(statusCode, 204)
  }
  t.strictSame(events, [{ Records: [record] }, { Records: [] }])
})

test('503 when it must be sent again, without a word from inside', async (t) => {
  const receiver = build(() => Promise.reject(new AggregateError([new Error('secret')], 'secret')))
  const answer = await receiver.inject({ method: 'POST', url: '/s3-events', payload: { Records: [record] } })
  t.equal(answer.statusCode, 503)
  t.match(answer.headers, { 'content-type': /^application\/problem\+json/, 'retry-after': '1' })
  t.match(answer.json(), { status: 503, code: 'DEPENDENCY_UNAVAILABLE' })
  t.notMatch(answer.body, /secret/)
})

test('what is no S3 event is refused for good', async (t) => {
  const receiver = build(async () => void t.fail('must not reach the handler'))
  const refusals: [payload: string, contentType: string, status: number][] = [
    ['{', 'application/json', 400],
    ['{}', 'application/json', 400],
    ['{"Records":[{}]}', 'application/json', 400],
    ['<xml/>', 'application/xml', 415],
    [JSON.stringify({ Records: 'x'.repeat(1_100_000) }), 'application/json', 413],
  ]
  for (const [payload, contentType, status] of refusals) {
    const answer = await receiver.inject({
      method: 'POST',
      url: '/s3-events',
      payload,
      headers: { 'content-type': contentType },
    })
    t.match(
      answer,
      { statusCode: status, headers: { 'content-type': /problem\+json/ } },
      payload.slice(0, 20),
    )
  }
  t.match(await receiver.inject('/healthz'), { statusCode: 200 })
})
