import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import { createDeadLetters } from '../../../core/events/dead-letters.ts'
import { topics } from '../../../core/events/image-events.ts'
import type { KafkaClient } from '../../../core/kafka/kafka-client.ts'
import { startTopicReader } from '../../testkit/start-topic-reader.ts'
import { runReplay } from './run-replay.ts'

interface ReplayContractOptions {
  kafka: KafkaClient
  /** Environment that points the command at the same cluster. */
  environment: Record<string, string>
  createTopics?: (names: string[]) => Promise<void>
}

/** Contract of the replay command. Runs against any cluster, on topics with a unique prefix. */
export async function testReplay(t: Test, { kafka, environment, createTopics }: ReplayContractOptions) {
  const topicPrefix = `replay-${randomUUID().slice(0, 8)}.`
  const source = topicPrefix + topics.uploadCompleted
  const dead = topicPrefix + topics.deadLetter
  await createTopics?.([source, dead])
  const deadLetters = createDeadLetters(kafka, { topicPrefix, budgetMs: 20_000 })
  const reader = await startTopicReader(kafka, [source])
  t.teardown(() => Promise.all([deadLetters.close(), reader.close()]))
  const replay = (...args: string[]) => runReplay(args, { ...environment, KAFKA_TOPIC_PREFIX: topicPrefix })
  const contentType = { name: 'content-type', value: Buffer.from('text/plain') }
  const publishDeadLetter = (key: string, reason = 'no_raw_key', headers = [contentType]) =>
    deadLetters.publish({
      reason,
      message: 'the event names no raw key',
      topic: source,
      partition: 2,
      offset: '7',
      timestamp: '2026-11-22T10:00:00.000Z',
      key: Buffer.from(key),
      value: Buffer.from(`value of ${key}`),
      headers,
    })
  const sent = (count: number) => ({
    code: 0,
    stdout: `${count} sent from ${dead} to ${source}\n`,
    stderr: '',
  })
  const nothing = { code: 0, stdout: `Nothing to replay on ${dead}\n`, stderr: '' }

  await publishDeadLetter('first')
  await publishDeadLetter('second')

  await t.test('a dry run lists dead letters without sending them', async (t) => {
    const { code, stdout } = await replay('--dry-run')
    t.equal(code, 0)
    t.match(stdout, /no_raw_key.*the event names no raw key.*image\.upload\.completed-2 @ 7.*first/)
    t.match(stdout, `2 would be sent from ${dead} to ${source}\n`)
  })

  await t.test('messages are sent back unchanged, with a replayed-at header', async (t) => {
    t.strictSame(await replay(), sent(2))
    const [message] = await reader.messagesOf('first', 1)
    t.equal(message?.value, 'value of first')
    const { 'replayed-at': replayedAt, ...headers } = message?.headers ?? {}
    t.strictSame(headers, { 'content-type': 'text/plain' })
    t.match(replayedAt, /^\d{4}-\d\d-\d\dT/)
    t.equal((await reader.messagesOf('second', 1)).length, 1)
  })

  await t.test('the next replay continues after the last one', async (t) => {
    t.strictSame(await replay(), nothing)
    await publishDeadLetter('third')
    t.strictSame(await replay('--topic', topics.deadLetter), sent(1))
    t.equal((await reader.messagesOf('third', 1)).length, 1)
    t.equal((await reader.messagesOf('first', 1)).length, 1, 'sent only once')
  })

  await t.test('--since includes letters that were replayed before', async (t) => {
    t.strictSame(await replay('--dry-run', '--since', new Date(Date.now() + 60_000).toISOString()), nothing)
    t.strictSame(await replay('--since', '1h'), sent(3))
    t.equal((await reader.messagesOf('first', 2)).length, 2)
    t.strictSame(await replay(), nothing, 'the next replay continues from there')
  })

  await t.test('a message without its original topic is skipped and reported', async (t) => {
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic: dead, messages: [{ key: 'stray', value: 'stray' }] })
    await producer.disconnect()
    const stdout = `1 skipped on ${dead}: their headers do not name the original topic\n`
    t.strictSame(await replay(), { code: 1, stdout, stderr: '' })
  })

  await t.test('a letter of an unreadable batch is skipped and reported', async (t) => {
    await publishDeadLetter('batch', 'unreadable_batch')
    const stdout = `1 skipped on ${dead}: they name batches that could not be read\n`
    t.strictSame(await replay(), { code: 1, stdout, stderr: '' })
  })

  await t.test('a letter with the headers of a hostile message is sent back with them', async (t) => {
    const headers = Object.getOwnPropertyNames(Object.prototype).map((name) => ({
      name,
      value: Buffer.from(`value of ${name}`),
    }))
    await publishDeadLetter('hostile', 'no_raw_key', headers)
    t.strictSame(await replay(), sent(1))
    const [message] = await reader.messagesOf('hostile', 1)
    for (const { name, value } of headers) t.equal(message?.headers[name], String(value))
  })

  await t.test('an error is printed in one line', async (t) => {
    const unknown = await replay('--topic', 'no.such.topic')
    t.match(unknown, {
      code: 1,
      stdout: '',
      stderr: /^The topic .*no\.such\.topic\.dead-letter does not exist\. .*\n$/,
    })
    const since = await replay('--since', 'yesterday')
    t.match(since, { code: 1, stdout: '', stderr: /^--since must be a time .*\n$/ })
  })
}
