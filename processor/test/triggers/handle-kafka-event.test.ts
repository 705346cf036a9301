import { pino } from 'pino'
import { test } from 'tap'
import { DependencyUnavailable, LeaseLost } from '../../../core/errors.ts'
import type { ImageRef } from '../../../core/images/object-key.ts'
import { createMemoryDeadLetters } from '../../../scripts/testkit/create-memory-dead-letters.ts'
import type { CallContext } from '../../pipeline/process-once.ts'
import type { Done } from '../../pipeline/stages.ts'
import { createHandleKafkaEvent } from '../../triggers/handle-kafka-event.ts'
import type { KafkaEvent } from '../../triggers/read-kafka-event.ts'
import { readEvent } from './read-event.ts'

type Process = (image: ImageRef, context?: CallContext) => Promise<Done>

const maxTries = 3
const first = { itemIdentifier: { partition: 'image.upload.completed-0', offset: 15 } }
const answerOf = (...failures: object[]) => ({ batchItemFailures: failures })

test('what is done is acknowledged', async (t) => {
  const { handle, letters } = prepare(async () => ({ outcome: 'ready' }))
  t.strictSame(await handle(await readEvent('kafka-self-managed'), {}), answerOf())
  t.strictSame(letters, [])
})

test('poison is put aside as it was, with its reason, and the rest of the batch is done', async (t) => {
  const { handle, letters } = prepare(async () => ({ outcome: 'ready' }))
  const event = await readEvent<KafkaEvent>('kafka-many-records')
  t.strictSame(await handle(event, {}), answerOf())
  t.strictSame(letters, [
    {
      reason: 'not_an_upload_completed_event',
      message: 'the value is not an image.upload.completed event',
      topic: 'image.upload.completed',
      partition: 0,
      offset: '16',
      timestamp: '2018-12-17T22:10:50.987Z',
      key: null,
      value: Buffer.from('{"key":"value"}'),
      headers: [{ name: 'headerKey', value: Buffer.from('headerValue') }],
    },
    {
      reason: 'not_an_upload_completed_event',
      message: 'the value is not an image.upload.completed event',
      topic: 'image.upload.completed',
      partition: 3,
      offset: '8',
      timestamp: '2018-12-17T22:10:50.987Z',
      key: Buffer.from('ab'.repeat(32)),
      value: null,
      headers: [{ name: 'headerKey', value: Buffer.from('headerValue') }],
    },
  ])
})

test('header bytes below zero are the bytes above 127', async (t) => {
  const { handle, letters } = prepare(() => Promise.reject(new Error('bug')), { maxTries: 1 })
  await handle(await readEvent('kafka-many-records'), {})
  const [letter] = letters.filter(({ offset }) => offset === '15')
  t.strictSame(
    letter?.headers.map(({ name, value }) => [name, value.toString()]),
    [
      ['content-type', 'application/cloudevents+json; charset=UTF-8'],
      ['tenant', 'ß'],
    ],
  )
})

test('a moment that is none does not keep poison from being put aside', async (t) => {
  const { handle, letters } = prepare(() => Promise.reject(new Error('bug')), { maxTries: 1 })
  const event = await readEvent<KafkaEvent>('kafka-many-records')
  for (const record of Object.values(event.records).flat()) record.timestamp = 1.79e18
  t.strictSame(await handle(event, {}), answerOf())
  t.ok(letters.length > 0)
  for (const { timestamp } of letters) t.equal(timestamp, '1790000000000000000')
})

test('poison comes again as long as it cannot be put aside', async (t) => {
  const publish = () => Promise.reject(new DependencyUnavailable('events'))
  const { handle } = prepare(async () => ({ outcome: 'ready' }), { deadLetters: { publish } })
  const { batchItemFailures } = await handle(await readEvent('kafka-many-records'), {})
  t.strictSame(
    batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    [
      { partition: 'image.upload.completed-0', offset: 16 },
      { partition: 'image.upload.completed-3', offset: 8 },
    ],
  )
})

test('a part that is away makes the record come again, for ever', async (t) => {
  const { handle, letters } = prepare(() => Promise.reject(new DependencyUnavailable('bucket')))
  const event = await readEvent<KafkaEvent>('kafka-self-managed')
  for (let tries = 1; tries <= maxTries * 3; tries++) t.strictSame(await handle(event, {}), answerOf(first))
  t.strictSame(letters, [])
})

test('a busy image is acknowledged: its lease must not stall a partition', async (t) => {
  const { handle, letters } = prepare(() => Promise.reject(new LeaseLost()))
  t.strictSame(await handle(await readEvent('kafka-self-managed'), {}), answerOf())
  t.strictSame(letters, [])
})

test('an unexpected error is put aside after a number of tries', async (t) => {
  const { handle, letters } = prepare(() => Promise.reject(new TypeError('a bug')))
  const event = await readEvent<KafkaEvent>('kafka-self-managed')
  for (let tries = 1; tries < maxTries; tries++) t.strictSame(await handle(event, {}), answerOf(first))
  t.strictSame(letters, [])
  t.strictSame(await handle(event, {}), answerOf())
  t.match(letters, [{ reason: 'unexpected_error', message: 'TypeError: a bug', offset: '15' }])
})

test('a success forgets the tries before it', async (t) => {
  let fails = true
  const { handle, letters } = prepare(async () => {
    if (fails) throw new TypeError('a bug')
    return { outcome: 'ready' }
  })
  const event = await readEvent<KafkaEvent>('kafka-self-managed')
  for (let round = 1; round <= 3; round++) {
    fails = true
    for (let tries = 1; tries < maxTries; tries++) await handle(event, {})
    fails = false
    t.strictSame(await handle(event, {}), answerOf())
  }
  t.strictSame(letters, [])
})

test('what was not begun because the process ends comes again, and is no try', async (t) => {
  const { handle, letters } = prepare(async (_, context) => {
    context?.signal?.throwIfAborted()
    return { outcome: 'ready' }
  })
  const event = await readEvent<KafkaEvent>('kafka-self-managed')
  const signal = AbortSignal.abort()
  for (let tries = 1; tries <= maxTries * 2; tries++) {
    t.strictSame(await handle(event, { signal }), answerOf(first))
  }
  t.strictSame(letters, [])
})

function prepare(processOnce: Process, options: Partial<Parameters<typeof createHandleKafkaEvent>[0]> = {}) {
  const deadLetters = createMemoryDeadLetters()
  const logger = pino({ level: 'silent' })
  const handle = createHandleKafkaEvent({ processOnce, deadLetters, maxTries, logger, ...options })
  return { handle, letters: deadLetters.letters }
}
