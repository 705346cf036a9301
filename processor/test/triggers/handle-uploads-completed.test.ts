import { pino } from 'pino'
import { test } from 'tap'
import { DependencyUnavailable, LeaseLost } from '../../../core/errors.ts'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import { newRecord } from '../../../core/images/image-record.ts'
import type { ImageRef } from '../../../core/images/object-key.ts'
import type { KafkaMessage } from '../../../core/kafka/kafka-message.ts'
import { createMemoryDeadLetters } from '../../../scripts/testkit/create-memory-dead-letters.ts'
import type { CallContext } from '../../pipeline/process-once.ts'
import type { Done } from '../../pipeline/stages.ts'
import { createHandleUploadsCompleted } from '../../triggers/handle-uploads-completed.ts'

type Process = (image: ImageRef, context?: CallContext) => Promise<Done>

const maxAttempts = 3
const nowMs = Date.UTC(2026, 10, 22)
const imageId = 'ab'.repeat(32)
const record = newRecord({ tenant: 'local', imageId, byteLength: 5, contentType: 'image/png' }, nowMs, 3600)
const completed = imageEvent(topics.uploadCompleted, record, { source: '/hashgate/gateway', nowMs })

const message = (value: unknown, offset = '15'): KafkaMessage => ({
  topic: 'dev.image.upload.completed',
  partition: 2,
  offset,
  timestamp: nowMs,
  key: Buffer.from(imageId),
  value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  headers: [{ name: 'tenant', value: Buffer.from('ß') }],
})
const upload = message(completed)

/** The event with another field, nested too deeply to be read. */
const withDeepField = (event: object) =>
  JSON.stringify(event).replace('{', `{"more":${'['.repeat(5_000)}${']'.repeat(5_000)},`)

test('the image of a message is processed, in the trace of the message', async (t) => {
  const calls: unknown[] = []
  const { handle, letters } = createTestHandler(async (image, context) => {
    calls.push([image, context])
    return { outcome: 'ready' }
  })
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  t.strictSame(await handle([message({ ...completed, traceparent })], { awsRequestId: 'a' }), [])
  t.strictSame(calls, [
    [
      { tenant: 'local', imageId, generation: '20261122' },
      { awsRequestId: 'a', traceparent },
    ],
  ])
  t.strictSame(letters, [])
})

test('a message that names no upload becomes a dead letter, unchanged and with the reason', async (t) => {
  const { objectKey: _, ...dataWithoutKey } = completed.data
  const values: [unknown, string][] = [
    ['not json', 'not_an_upload_completed_event'],
    ['null', 'not_an_upload_completed_event'],
    [{}, 'not_an_upload_completed_event'],
    [{ ...completed, type: 'hashgate.image.processed.v1' }, 'not_an_upload_completed_event'],
    [{ ...completed, data: dataWithoutKey }, 'not_an_upload_completed_event'],
    [null, 'not_an_upload_completed_event'],
    [withDeepField(completed), 'not_an_upload_completed_event'],
    [{ ...completed, data: { ...completed.data, objectKey: 'elsewhere' } }, 'no_raw_key'],
  ]
  let processed = 0
  const { handle, letters } = createTestHandler(async () => {
    processed += 1
    return { outcome: 'ready' }
  })
  const messages = values.map(([value], index) => message(value, String(index)))
  t.strictSame(await handle([...messages, upload]), [])
  t.equal(processed, 1, 'the rest of the batch is processed')
  t.strictSame(
    letters.map(({ reason }) => reason),
    values.map(([, reason]) => reason),
  )
  t.strictSame(letters[0], {
    reason: 'not_an_upload_completed_event',
    message: 'the value is not an image.upload.completed event',
    topic: 'dev.image.upload.completed',
    partition: 2,
    offset: '0',
    timestamp: '2026-11-22T00:00:00.000Z',
    key: Buffer.from(imageId),
    value: Buffer.from('not json'),
    headers: [{ name: 'tenant', value: Buffer.from('ß') }],
  })
})

test('a message that stands for an unreadable batch becomes a dead letter that names the batch', async (t) => {
  const { handle, letters } = createTestHandler(async () => ({ outcome: 'ready' }))
  const unreadable = 'the batch with the offsets 10 to 15 cannot be read: the codec 5 is unknown'
  t.strictSame(await handle([{ ...message(null), headers: [], unreadable }, upload]), [])
  t.match(letters, [{ reason: 'unreadable_batch', message: unreadable, offset: '15', value: null }])
})

test('an invalid timestamp is kept as a number in the dead letter', async (t) => {
  const { handle, letters } = createTestHandler(async () => ({ outcome: 'ready' }))
  await handle([{ ...message('{}'), timestamp: 1.79e18 }])
  t.strictSame(
    letters.map(({ timestamp }) => timestamp),
    ['1790000000000000000'],
  )
})

test('a dead letter that cannot be published is retried', async (t) => {
  const publish = () => Promise.reject(new DependencyUnavailable('events'))
  const { handle } = createTestHandler(async () => ({ outcome: 'ready' }), { deadLetters: { publish } })
  const poison = message('{}')
  t.strictSame(await handle([upload, poison]), [poison])
})

test('an unavailable dependency is retried without limit', async (t) => {
  const { handle, letters } = createTestHandler(() => Promise.reject(new DependencyUnavailable('bucket')))
  for (let attempt = 1; attempt <= maxAttempts * 3; attempt++) t.strictSame(await handle([upload]), [upload])
  t.strictSame(letters, [])
})

test('an image that another worker is processing is acknowledged, so that its lease does not block the partition', async (t) => {
  const { handle, letters } = createTestHandler(() => Promise.reject(new LeaseLost()))
  t.strictSame(await handle([upload]), [])
  t.strictSame(letters, [])
})

test('an unexpected error causes a dead letter after the configured attempts', async (t) => {
  const { handle, letters } = createTestHandler(() => Promise.reject(new TypeError('a bug')))
  for (let attempt = 1; attempt < maxAttempts; attempt++) t.strictSame(await handle([upload]), [upload])
  t.strictSame(letters, [])
  t.strictSame(await handle([upload]), [])
  t.match(letters, [{ reason: 'unexpected_error', message: 'TypeError: a bug', offset: '15' }])
})

test('a success resets the count of attempts', async (t) => {
  let fails = true
  const { handle, letters } = createTestHandler(async () => {
    if (fails) throw new TypeError('a bug')
    return { outcome: 'ready' }
  })
  for (let round = 1; round <= 3; round++) {
    fails = true
    for (let attempt = 1; attempt < maxAttempts; attempt++) await handle([upload])
    fails = false
    t.strictSame(await handle([upload]), [])
  }
  t.strictSame(letters, [])
})

test('a message that was not started before shutdown is retried and counts no attempt', async (t) => {
  const { handle, letters } = createTestHandler(async (_, context) => {
    context?.signal?.throwIfAborted()
    return { outcome: 'ready' }
  })
  const signal = AbortSignal.abort()
  for (let attempt = 1; attempt <= maxAttempts * 2; attempt++) {
    t.strictSame(await handle([upload], { signal }), [upload])
  }
  t.strictSame(letters, [])
})

function createTestHandler(
  processOnce: Process,
  options: Partial<Parameters<typeof createHandleUploadsCompleted>[0]> = {},
) {
  const deadLetters = createMemoryDeadLetters()
  const logger = pino({ level: 'silent' })
  const handle = createHandleUploadsCompleted({ processOnce, deadLetters, maxAttempts, logger, ...options })
  return { handle, letters: deadLetters.letters }
}
