import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t, { test } from 'tap'
import { rawKey } from '../../core/images/object-key.ts'
import { makeImage } from '../../scripts/testkit/images/make-image.ts'
import { startEmbeddedServices } from '../../scripts/testkit/start-embedded-services.ts'
import { readEvent } from './triggers/read-event.ts'

const run = promisify(execFile)
const services = await startEmbeddedServices(t)

test('the exported handler processes an image with the settings of its environment', async (t) => {
  const record = await services.upload(await makeImage('jpeg'), 'image/jpeg')
  const object = { key: rawKey(record), sequencer: '00' }
  const { logLines, metrics } = await invoke({
    Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'raw' }, object } }],
  })
  t.match(await services.find(record), { status: 'ready' })
  t.match(metrics, [
    { ColdStart: 1, function_name: 'processor', service: 'processor' },
    {
      ImagesReady: 1,
      ImageDuration: Number,
      TimeToResult: Number,
      LateResults: 0,
      OriginalBytes: record.byteLength,
      VariantBytes: Number,
    },
  ])
  t.match(logLines.at(-1), {
    operation: 'process-image',
    requestId: 'request-1',
    imageId: record.imageId,
    msg: 'ready',
  })
})

test('a function timeout that is too short for an image is logged once', async (t) => {
  const event = await readEvent<object>('s3-test-event')
  const short = await invoke(event, { IMAGE_TIMEOUT_SECONDS: '80', PUBLISH_TIMEOUT_SECONDS: '5' })
  t.match(short.logLines, [{ level: 'warn', msg: 'set the timeout of the function to 90 s or more' }])
  t.strictSame((await invoke(event, { IMAGE_TIMEOUT_SECONDS: '50' })).logLines, [])
})

test('messages of an expired image and unreadable messages are acknowledged', async (t) => {
  const event = await readEvent<object>('kafka-many-records')
  // Kafka is slow on a busy machine.
  const patient = { PUBLISH_TIMEOUT_SECONDS: '20' }
  const { answer, metrics } = await invoke(event, { ...patient, REPORT_BATCH_ITEM_FAILURES: 'true' })
  t.strictSame(answer, { batchItemFailures: [] })
  const [coldStart, ...others] = metrics
  t.match(coldStart, { ColdStart: 1 })
  t.match(
    others.filter(({ reason }) => reason),
    [
      { DeadLetters: 1, reason: 'not_an_upload_completed_event' },
      { DeadLetters: 1, reason: 'not_an_upload_completed_event' },
    ],
  )
  t.match(others.at(-1), {
    DeadLetters: [1, 1],
    service: 'processor',
    _aws: { CloudWatchMetrics: [{ Namespace: 'hashgate' }] },
  })
})

const kafkaIsAway = { KAFKA_BROKERS: '127.0.0.1:1', PUBLISH_TIMEOUT_SECONDS: '1' }

test('failed records are returned to an event source that supports partial batch responses', async (t) => {
  const event = await readEvent<object>('kafka-many-records')
  const { answer } = await invoke(event, { ...kafkaIsAway, REPORT_BATCH_ITEM_FAILURES: 'true' })
  t.strictSame(answer, {
    batchItemFailures: [
      { itemIdentifier: { partition: 'image.upload.completed-0', offset: 16 } },
      { itemIdentifier: { partition: 'image.upload.completed-3', offset: 8 } },
    ],
  })
})

test('for any other event source the handler throws, so that all records are redelivered', async (t) => {
  const event = await readEvent<object>('kafka-many-records')
  const { failure } = await invoke(event, kafkaIsAway)
  t.equal(failure, '2 Kafka records failed and will be redelivered')
})

/** The variables of the Lambda environment that are used here. */
const lambdaEnvironment = { AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand' }

/** Calls the handler in a new process, as Lambda does. */
async function invoke(event: object, environment: Record<string, string> = {}) {
  const program = `
    const { handler } = await import(${JSON.stringify(new URL('../lambda.ts', import.meta.url).href)})
    const end = await handler(${JSON.stringify(event)}, { awsRequestId: 'request-1', functionName: 'processor', getRemainingTimeInMillis: () => 60_000 }).then(
      (answer) => ({ answer }),
      ({ message }) => ({ failure: message }),
    )
    console.log(JSON.stringify(end))
    process.exit(0)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, ...lambdaEnvironment, ...services.environment, ...environment },
  })
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { answer, failure } = lines.find((line) => 'answer' in line || 'failure' in line) ?? {}
  return {
    logLines: lines.filter(({ level }) => level),
    metrics: lines.filter((line) => '_aws' in line),
    answer,
    failure,
  }
}
