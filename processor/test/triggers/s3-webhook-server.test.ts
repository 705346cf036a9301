import { pino } from 'pino'
import { test } from 'tap'
import type { CreatedObject } from '../../triggers/handle-objects-created.ts'
import { createS3WebhookServer } from '../../triggers/s3-webhook-server.ts'
import { readEvent } from './read-event.ts'

const logger = pino({ level: 'silent' })
const record = {
  eventName: 'ObjectCreated:Put',
  s3: { object: { key: 'a', sequencer: '1' }, bucket: { name: 'raw' } },
}

function build(handleObjectsCreated: (objects: CreatedObject[]) => Promise<void>) {
  return createS3WebhookServer({ processor: { handleObjectsCreated }, rawBucket: 'raw', logger })
}

test('answers 204 and passes on only the records', async (t) => {
  const calls: CreatedObject[][] = []
  const server = build(async (objects) => void calls.push(objects))
  const forged = { Event: 's3:TestEvent', records: { 'image.upload.completed-0': [{}] } }
  for (const payload of [{ Records: [record] }, forged]) {
    const { statusCode } = await server.inject({ method: 'POST', url: '/s3-events', payload })
    t.equal(statusCode, 204)
  }
  t.strictSame(calls, [[{ key: 'a', sequencer: '1' }]])
})

test('accepts events of S3 through SNS and EventBridge, and test events of any form', async (t) => {
  const calls: CreatedObject[][] = []
  const server = build(async (objects) => void calls.push(objects))
  const post = async (payload: object, contentType = 'application/json') => {
    const headers = { 'content-type': contentType }
    return server.inject({ method: 'POST', url: '/s3-events', headers, payload: JSON.stringify(payload) })
  }
  const notification = await readEvent<object>('sns-http-s3')
  t.equal((await post(notification, 'text/plain; charset=UTF-8')).statusCode, 204)
  t.equal((await post(await readEvent('eventbridge-object-created'))).statusCode, 204)
  t.match(calls, [[{ key: /^local/ }], [{ key: /^local/ }]])
  t.equal((await post({ Event: 's3:TestEvent', Records: 5 })).statusCode, 204)
})

test('a subscription of SNS is left to the operator: the log has its URL', async (t) => {
  const lines: string[] = []
  const server = createS3WebhookServer({
    processor: { handleObjectsCreated: async () => void t.fail('must not reach the handler') },
    rawBucket: 'raw',
    logger: pino({ level: 'warn' }, { write: (line) => void lines.push(line) }),
  })
  const payload = JSON.stringify(await readEvent('sns-subscription-confirmation'))
  const headers = { 'content-type': 'text/plain; charset=UTF-8' }
  const answer = await server.inject({ method: 'POST', url: '/s3-events', headers, payload })
  t.equal(answer.statusCode, 204)
  t.match(lines, [/"subscribeUrl":"https:\/\/sns\.us-west-2\.amazonaws\.com\/\?Action=ConfirmSubscription/])
})

test('the images of a batch are processed even if another part of it is not an S3 event', async (t) => {
  const calls: CreatedObject[][] = []
  const server = build(async (objects) => void calls.push(objects))
  const payload = { Records: [{}, record] }
  const answer = await server.inject({ method: 'POST', url: '/s3-events', payload })
  t.equal(answer.statusCode, 400)
  t.strictSame(calls, [[{ key: 'a', sequencer: '1' }]])
})

test('answers 503 without internal details when processing failed', async (t) => {
  const server = build(() => Promise.reject(new AggregateError([new Error('secret')], 'secret')))
  const answer = await server.inject({ method: 'POST', url: '/s3-events', payload: { Records: [record] } })
  t.equal(answer.statusCode, 503)
  t.match(answer.headers, { 'content-type': /^application\/json/, 'retry-after': '1' })
  t.match(answer.json(), { statusCode: 503 })
  t.notMatch(answer.body, /secret/)
})

test('rejects anything that is not an S3 event', async (t) => {
  const server = build(async () => void t.fail('must not reach the handler'))
  const refusals: [payload: string, contentType: string, status: number][] = [
    ['{', 'application/json', 400],
    ['{}', 'application/json', 400],
    ['{"Records":[{}]}', 'application/json', 400],
    [`{"Records":[],"more":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 'application/json', 400],
    ['<xml/>', 'application/xml', 415],
    [JSON.stringify({ Records: 'x'.repeat(1_100_000) }), 'application/json', 413],
  ]
  for (const [payload, contentType, status] of refusals) {
    const answer = await server.inject({
      method: 'POST',
      url: '/s3-events',
      payload,
      headers: { 'content-type': contentType },
    })
    t.equal(answer.statusCode, status, payload.slice(0, 20))
  }
  t.match(await server.inject('/healthz'), { statusCode: 200 })
})
