import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import t, { test } from 'tap'
import { rawKey } from '../../../core/images/object-key.ts'
import { modelEnvironment } from '../../../deploy/model/model-environment.ts'
import { modelResource } from '../../../deploy/model/model-resource.ts'
import { matchesFilter } from '../../../deploy/test/monitoring/matches-filter.ts'
import { readHeicFile } from '../../../processor/test/imaging/heic/heic-files.ts'
import { readManifestTable } from '../../analytics/warehouse/read-manifest-table.ts'
import { type Architecture, architectures } from '../../build/target.ts'
import { unpackZip } from '../../build/unpack-zip.ts'
import { spawnChild, stopChild } from '../../local/spawn-child.ts'
import { startGlueDouble } from '../../testkit/compaction/start-glue-double.ts'
import { makeImage } from '../../testkit/images/make-image.ts'
import { pollUntil } from '../../testkit/poll-until.ts'
import { startEmbeddedServices } from '../../testkit/start-embedded-services.ts'
import { generateImages } from '../analytics/report/generate-images.ts'
import { startReportServices } from '../analytics/report/start-report-services.ts'
import { startCollector } from '../tracing/start-collector.ts'
import { readZipEntries } from './read-zip-entries.ts'

const run = promisify(execFile)
const program = join(import.meta.dirname, '../../build.ts')
const cpu = process.arch as Architecture
if (process.platform !== 'linux' || !architectures.includes(cpu)) {
  t.plan(0, 'the zips are for Linux; on other systems npm would have to download its libvips')
  process.exit()
}

// Outside the repository, so that a package missing from the zip cannot be resolved.
const directory = await mkdtemp(join(tmpdir(), 'hashgate-build-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
const zips = ['processor.zip', 'gateway.zip', 'report.zip']
const zipFile = (name: string, out = 'first') => join(directory, out, name)
const printed = await build('first')
const services = await startEmbeddedServices(t)
// Packages that are loaded on demand must be in the zip, too.
const collector = await startCollector(t)
const environment = { ...services.environment, OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint }

test('builds are reproducible in any output folder', async (t) => {
  await build('second')
  for (const zip of zips) {
    const first = await hashFile(zipFile(zip))
    t.equal(await hashFile(zipFile(zip, 'second')), first, zip)
    t.match(printed, first, 'the hash is printed')
  }
})

test('the zips contain regular, readable files in sorted order', async (t) => {
  for (const zip of zips) {
    const entries = readZipEntries(await readFile(zipFile(zip)))
    const paths = entries.map(({ path }) => path)
    t.ok(paths.includes('THIRD-PARTY-LICENSES.txt'))
    t.strictSame(paths, paths.toSorted())
    t.strictSame([...new Set(entries.map(({ mode }) => mode.toString(8)))], ['100644'])
  }
})

test('an unknown architecture is rejected', async (t) => {
  await t.rejects(run(process.execPath, [program, '--arch', 'sparc']), { code: 1, stdout: /arm64\|x64/ })
})

test('the processor processes an image from its zip alone', async (t) => {
  const folder = join(directory, 'processor')
  await unpackZip(zipFile('processor.zip'), folder)
  const jpeg = await services.upload(await makeImage('jpeg'), 'image/jpeg')
  // libheif and the thread that runs it are separate files in the zip.
  const heic = await services.upload(readHeicFile('quadrants.heic'), 'image/heic')
  const Records = [jpeg, heic].map((record) => ({
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: 'raw' }, object: { key: rawKey(record), sequencer: '00' } },
  }))
  const event = { Records }
  const caller = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(folder, 'lambda.mjs')).href)})
    await handler(${JSON.stringify(event)}, { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 60_000 })
    process.exit(0)`
  await run(process.execPath, ['--input-type=module', '-e', caller], {
    env: { ...process.env, ...environment, HEIC: 'on' },
    cwd: folder,
  })
  for (const record of [jpeg, heic]) t.match(await services.find(record), { status: 'ready' })
  const spans = collector.spans.filter(({ service }) => service === 'hashgate-processor')
  t.ok(
    spans.some(({ name }) => name === 'renderVariants'),
    'step names are kept',
  )
})

test('the scheduled report is written and mailed from its zip alone', async (t) => {
  const folder = join(directory, 'report')
  await unpackZip(zipFile('report.zip'), folder)
  const now = new Date()
  const { environment, list, read, topic } = await startReportServices(t, generateImages(now, 8, 10), { now })
  const event = { time: now.toISOString() }
  const caller = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(folder, 'report-lambda.mjs')).href)})
    console.log(JSON.stringify(await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 600_000 })))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', caller], {
    env: { ...process.env, ...environment },
    cwd: folder,
  })
  const { key, isMailed } = JSON.parse(stdout)
  t.ok(isMailed)
  t.equal((await list()).length, 10, 'a page, eight tables and mailed.json')
  const { text } = await read(key)
  t.match(
    text,
    /<style>[\s\S]*--series-1[\s\S]*<svg [^>]*class="plot/,
    'the page has its style and its charts',
  )
  t.equal(topic.messages.length, 1)
  const program = await readFile(join(folder, 'report-lambda.mjs'), 'utf8')
  t.notMatch(program, /duckdb/i, 'the bundle does not contain DuckDB')
})

test('the compaction runs from the same zip, and logs what its alarm reads', async (t) => {
  const glue = await startGlueDouble(t, readManifestTable().StorageDescriptor.Columns)
  const event = { time: new Date().toISOString() }
  const caller = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(directory, 'processor/compaction-lambda.mjs')).href)})
    await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 900_000 })
    process.exit(0)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', caller], {
    env: {
      ...process.env,
      ...environment,
      GLUE_DATABASE: 'hashgate_dev',
      AWS_ENDPOINT_URL_GLUE: glue.endpoint,
    },
    cwd: join(directory, 'processor'),
  })
  t.match(Object.values(glue.locations()), [/^s3:\/\/processed\/manifests\/parquet\/day=/])
  const { FilterPattern } = modelResource<{ FilterPattern: string }>(
    modelEnvironment('dev'),
    'compaction',
    'LeftFilter',
  )
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(
    lines.filter((line) => matchesFilter(FilterPattern, line)),
    [{ rows: 2, read: 2, left: 0 }],
    'one day has the two images of an earlier test',
  )
})

test('the canary loads from the same zip, including sharp', async () => {
  const program = pathToFileURL(join(directory, 'processor/canary-lambda.mjs')).href
  const env = {
    ...process.env,
    CANARY_GATEWAY: 'https://images.example.com',
    CANARY_KEY_SECRET_ID: 'hashgate/dev/canary/key',
  }
  const cwd = join(directory, 'processor')
  await run(process.execPath, ['--input-type=module', '-e', `await import(${JSON.stringify(program)})`], {
    env,
    cwd,
  })
})

test('the gateway serves its API and its pages from its zip alone', async (t) => {
  const folder = join(directory, 'gateway')
  await unpackZip(zipFile('gateway.zip'), folder)
  const child = spawnChild(pathToFileURL(join(folder, 'server.mjs')), {
    environment: { ...environment, AUTH: 'none', PORT: '0', ADMIN_PORT: '0' },
    output: 'pipe',
  })
  t.teardown(() => stopChild(child))
  child.stdout?.resume()
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the gateway exited')))
  const [{ url }] = (await Promise.race([once(child, 'message'), ended])) as [{ url: string }]
  ended.catch(() => {})

  const health = await fetch(`${url}/healthz`)
  t.match([health.status, await health.json()], [200, { status: 'ok' }])
  const page = await fetch(`${url}/docs`)
  t.match([page.status, await page.text()], [200, /swagger-ui/])
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'logo.svg', 'favicon-32x32.png']) {
    const answer = await fetch(`${url}/docs/static/${file}`)
    t.equal(answer.status, 200, file)
    await answer.body?.cancel()
  }
  const web = await fetch(url, { headers: { accept: 'text/html' } })
  const [, script] = /<script [^>]*src="([^"]+)"/.exec(await web.text()) ?? []
  const bundle = await fetch(new URL(`${script}`, url), { headers: { 'accept-encoding': 'br' } })
  t.match([bundle.status, bundle.headers.get('content-encoding')], [200, 'br'])
  await bundle.body?.cancel()
  const contract = JSON.parse(
    await readFile(join(import.meta.dirname, '../../../openapi/openapi.json'), 'utf8'),
  )
  const { servers, ...served } = await (await fetch(`${url}/openapi.json`)).json()
  const { servers: _local, ...committed } = contract
  t.match(servers, [{ url }])
  t.strictSame(served, committed)

  await fetch(`${url}/v1/images/${'0'.repeat(64)}`)
  await pollUntil(() =>
    collector.spans.some(({ service, name }) => service === 'hashgate-gateway' && name === 'getImage'),
  )
})

/** Runs in a child process without coverage, which would make compression four times slower. */
async function build(out: string): Promise<string> {
  const { stdout } = await run(process.execPath, [program, '--arch', cpu, '--out', join(directory, out)])
  return stdout
}

async function hashFile(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
}
