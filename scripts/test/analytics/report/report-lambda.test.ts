import { parseHTML } from 'linkedom'
import t, { type Test } from 'tap'
import { addDays } from '../../../analytics/report/data/period.ts'
import { generateImages } from './generate-images.ts'
import { assumedAccessKeyId } from './start-query-double.ts'
import { startReportServices, topicArn } from './start-report-services.ts'

const now = new Date()
const today = now.toISOString().slice(0, 10)
const event = { time: `${today}T00:30:00Z` }
const [from, to] = [addDays(today, -7), addDays(today, -1)]
const folder = `reports/${from}_${to}/`
/** The warehouse also has images of today, which the report must leave out. */
const images = generateImages(now, 8, 25)

const charts = [
  'cameras',
  'formats',
  'latency-by-hour',
  'rejects-by-reason',
  'retention-outlook',
  'savings-by-day',
  'top-tenants',
  'uploads-by-day',
]
const objects = [...charts.map((name) => `${name}.csv`), 'mailed.json', 'report.html']
  .map((name) => folder + name)
  .sort()

let loads = 0

/** Loads the handler as Lambda does, with separate services. */
async function start(t: Test, { listed = images, historyMode = true } = {}) {
  const services = await startReportServices(t, listed, { now, historyMode })
  Object.assign(process.env, services.environment)
  loads += 1
  // Node caches modules by URL. A unique query loads the module again with the settings of this test.
  const address = new URL(`../../../analytics/report/report-lambda.ts?${loads}`, import.meta.url)
  const { handler } = (await import(
    address.href
  )) as typeof import('../../../analytics/report/report-lambda.ts')
  const run = (time: string | undefined = event.time, remainingMs = 600_000) =>
    handler({ time }, { getRemainingTimeInMillis: () => remainingMs })
  return { ...services, run }
}

t.test('a scheduled run reports on the seven whole days before it, and mails once', async (t) => {
  const { run, list, read, topic, warehouse } = await start(t)
  t.strictSame(await run(), { key: `${folder}report.html`, isMailed: true })
  t.strictSame(await list(), objects)

  const page = await read(`${folder}report.html`)
  t.equal(page.type, 'text/html; charset=utf-8')
  const { document } = parseHTML(page.text)
  const lead = document.querySelector('.lead')?.textContent?.replaceAll('\u00a0', ' ') ?? ''
  const arrived = images.filter(
    ({ status, requestedAtMs }) => status !== 'pending' && requestedAtMs < Date.parse(today),
  )
  t.match(lead, new RegExp(`^${arrived.length} images arrived, and [\\d.]+% were rejected\\.`))
  t.match(document.querySelector('.scope')?.textContent, / · all tenants · test$/)
  t.match(await read(`${folder}uploads-by-day.csv`), {
    type: 'text/csv; charset=utf-8',
    text: `day,requested,ready,rejected\r\n${from},`,
  })
  t.match(warehouse.requests[0]?.input, { WorkgroupName: 'hashgate-test' })
  const callers = new Set(warehouse.requests.map(({ accessKeyId }) => accessKeyId))
  t.strictSame([...callers], [assumedAccessKeyId], 'all queries run with the viewer role')

  t.equal(topic.messages.length, 1)
  t.match(topic.messages, [
    { TopicArn: topicArn, Subject: `hashgate test: image report ${from} to ${to}`, Message: lead },
  ])
  const { Subject = '', Message = '' } = topic.messages[0] ?? {}
  t.match(Subject, /^[ -~]{1,99}$/, 'the subject has the format that SNS requires')
  t.match(
    Message,
    `https://eu-west-1.console.aws.amazon.com/s3/object/hashgate-test-reports?region=eu-west-1&prefix=${encodeURIComponent(folder)}report.html`,
  )
  t.match(Message, `aws s3 cp --recursive s3://hashgate-test-reports/${folder} .`)
  t.notMatch(Message, /X-Amz|Signature|undefined/, 'the mail has no signed URL')
})

t.test('the same event again overwrites the same objects and sends no second mail', async (t) => {
  const { run, list, read, remove, topic } = await start(t)
  await run()
  const { text } = await read(`${folder}cameras.csv`)
  await remove(`${folder}cameras.csv`)
  t.match(await run(), { isMailed: false })
  t.strictSame(await list(), objects)
  t.equal((await read(`${folder}cameras.csv`)).text, text)
  t.equal(topic.messages.length, 1)
  // A retry or a second schedule on the same day has the same period.
  await run(`${today}T00:00:00Z`)
  t.equal(topic.messages.length, 1)
})

t.test('a mail that SNS refuses is sent by the next run', async (t) => {
  const { run, list, topic } = await start(t)
  topic.failures.left = 1
  await t.rejects(run(), { name: 'AuthorizationErrorException' })
  t.ok((await list()).includes(`${folder}report.html`))
  t.match(await run(), { isMailed: true })
  t.equal(topic.messages.length, 1)
})

t.test('a hanging request is aborted and retried', async (t) => {
  const { run, topic } = await start(t)
  topic.hanging.left = 1
  t.match(await run(), { isMailed: true })
  t.equal(topic.hanging.left, 0)
  t.equal(topic.messages.length, 1)
})

t.test('if a query fails, nothing is written or mailed, and the error has the reason', async (t) => {
  const { run, list, topic, warehouse } = await start(t)
  warehouse.forcedStates.push({ pattern: /rejects_by_reason/, status: 'FAILED' })
  await t.rejects(run(), { message: 'The warehouse of test: ERROR: permission denied for schema analytics' })
  t.strictSame(await list(), [])
  t.equal(topic.messages.length, 0)
})

t.test('a statement that does not finish in time is cancelled', async (t) => {
  const { run, list, warehouse } = await start(t)
  warehouse.forcedStates.push({ pattern: /./, status: 'STARTED' })
  await t.rejects(run(event.time, 0), {
    message:
      'The warehouse of test did not answer all queries within 1 s. The statement was cancelled. Lambda tries again.',
  })
  t.equal(warehouse.count('CancelStatement'), 1)
  t.strictSame(await list(), [])
})

t.test('throttled requests are retried; other errors fail the run', async (t) => {
  const { run, topic, warehouse } = await start(t)
  for (const action of ['ExecuteStatement', 'DescribeStatement', 'GetStatementResult'])
    warehouse.refusals.push({ action, name: 'ThrottlingException', message: 'Rate exceeded' })
  t.match(await run(), { isMailed: true })
  t.strictSame(warehouse.refusals, [])

  const name = 'ActiveStatementsExceededException'
  warehouse.refusals.push({ action: 'ExecuteStatement', name, message: 'Active statements exceeded 500' })
  await t.rejects(run(), { message: 'The warehouse of test: Active statements exceeded 500' })
  t.equal(topic.messages.length, 1)
})

t.test('the mail about an empty warehouse states what to check', async (t) => {
  const { run, read, topic } = await start(t, { listed: [] })
  await run()
  t.match((await read(`${folder}report.html`)).text, 'No image arrived in this period.')
  t.match(topic.messages, [
    { Message: /No image arrived in this period\.\n\n[\s\S]*The warehouse contains no images/ },
  ])
})

t.test('without history, page and mail state before what time images are missing', async (t) => {
  const { run, read, topic } = await start(t, { historyMode: false })
  await run()
  const gap = /Records expire 7 days after the upload request, so images requested before .* UTC are missing/
  t.match((await read(`${folder}report.html`)).text, gap)
  t.match(topic.messages, [{ Message: gap }])
})

t.test('an event whose time is missing or in the future is refused', async (t) => {
  const { run, warehouse } = await start(t, { listed: [] })
  for (const time of ['', 'yesterday', '2026-11-30', '<aws.scheduler.scheduled-time>'])
    await t.rejects(run(time), { message: /"time" must be a time such as 2026-11-30T01:30:00Z/ })
  await t.rejects(run(`${addDays(today, 2)}T00:00:00Z`), { message: /is in the future/ })
  t.strictSame(warehouse.requests, [])
})

t.test('a report contains no ids, keys or file names of images', async (t) => {
  const { run, list, read } = await start(t)
  await run()
  for (const key of (await list()).filter((name) => !name.endsWith('.json'))) {
    const { text } = await read(key)
    t.notMatch(text, /[0-9a-f]{64}|file_?name|raw_key|image_id/i, key)
  }
})
