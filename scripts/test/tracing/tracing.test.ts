import { createHash, randomBytes } from 'node:crypto'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import type { UploadAnswer } from '../../../openapi/packages/client/src/types.ts'
import type { StartBacking } from '../../local/backing.ts'
import { startStandIns } from '../../local/start-stand-ins.ts'
import { startSystem } from '../../local/start-system.ts'
import { pollUntil } from '../../testkit/poll-until.ts'
import { startTcpGate } from '../../testkit/start-tcp-gate.ts'
import { type CollectedSpan, startCollector } from './start-collector.ts'

type System = Awaited<ReturnType<typeof startSystem>>

const withoutS3Events: StartBacking = async (directory, onStop) => ({
  ...(await startStandIns(directory, onStop)),
  notifyTo: () => {},
})

async function start(t: Test, endpoint: string, startBacking: StartBacking = startStandIns) {
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    RECONCILE_INTERVAL_SECONDS: '0',
    MAX_EVENT_LOOP_DELAY_MS: '60000',
  }
  const system = await startSystem({ dataDirectory: t.testdir({}), port: 0, startBacking, settings })
  t.teardown(system.close)
  return system
}

/** Uploads an image like a traced client, and waits until it is ready. */
async function upload({ gatewayUrl, key }: System, { completes }: { completes: boolean }) {
  const traceId = randomBytes(16).toString('hex')
  const headers = {
    authorization: `Bearer ${key}`,
    traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
  }
  const background = { r: traceId.charCodeAt(0), g: traceId.charCodeAt(1), b: traceId.charCodeAt(2) }
  const bytes = await sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .png()
    .toBuffer()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const body = JSON.stringify({ sha256, byteLength: bytes.length, contentType: 'image/png' })
  const asked = await fetch(`${gatewayUrl}/v1/uploads`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  })
  const answer = (await asked.json()) as UploadAnswer
  const { upload: target } = answer
  if (!target) throw new Error(`the gateway sent no upload URL: ${asked.status} ${JSON.stringify(answer)}`)
  const put = await fetch(target.url, { method: 'PUT', headers: target.headers, body: bytes })
  const image = `${gatewayUrl}/v1/images/${sha256}`
  if (completes) await fetch(`${image}/complete`, { method: 'POST', headers })
  const done = await fetch(`${image}?wait=25`, { headers })
  const { status } = (await done.json()) as { status: string }
  return { traceId, target, stored: put.status, status }
}

async function waitForSpan(spans: CollectedSpan[], traceId: string, name: string): Promise<CollectedSpan> {
  return pollUntil(() => spans.find((span) => span.traceId === traceId && span.name === name))
}

const triggers = {
  'S3 alone': { startBacking: startStandIns, completes: false },
  'Kafka alone': { startBacking: withoutS3Events, completes: true },
} as const

for (const [trigger, { startBacking, completes }] of Object.entries(triggers)) {
  t.test(`one trace from the client to the variants, by ${trigger}`, async (t) => {
    const { endpoint, spans } = await startCollector(t)
    const system = await start(t, endpoint, startBacking)
    const { traceId, target, stored, status } = await upload(system, { completes })
    t.equal(stored, 200)
    t.equal(status, 'ready')
    t.match(target?.headers['x-amz-meta-traceparent'], new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))
    t.match(target?.url, /SignedHeaders=[^&]*x-amz-meta-traceparent/)

    const asked = await waitForSpan(spans, traceId, 'createUpload')
    const requested = await waitForSpan(spans, traceId, 'send image.upload.requested')
    const work = await waitForSpan(spans, traceId, 'process image')
    const processed = await waitForSpan(spans, traceId, 'send image.processed')
    t.match(asked, { service: 'hashgate-gateway', attributes: { 'http.request.method': 'POST' } })
    t.match(requested, { service: 'hashgate-gateway', attributes: { 'messaging.system': 'kafka' } })
    t.match(work, { service: 'hashgate-processor', attributes: { 'hashgate.tenant': 'local' } })
    t.equal(processed.service, 'hashgate-processor')

    const parentOf = ({ parentSpanId }: CollectedSpan) => spans.find(({ spanId }) => spanId === parentSpanId)
    t.equal(
      parentOf(work)?.service,
      'hashgate-gateway',
      'the parent of the work is the request that caused it',
    )
    const steps = spans.filter(({ parentSpanId }) => parentSpanId === work.spanId).map(({ name }) => name)
    for (const step of ['claimRecord', 'fetchOriginal', 'renderVariants', 'announceResult']) {
      t.ok(steps.includes(step), step)
    }
    t.equal(parentOf(processed)?.name, 'announceResult')
  })
}

t.test('a collector that is down or hangs delays neither uploads nor shutdown', async (t) => {
  for (const state of ['shut', 'silent'] as const) {
    const gate = await startTcpGate(t, state)
    const system = await start(t, `http://${gate.address}`)
    t.match(await upload(system, { completes: true }), { stored: 200, status: 'ready' }, state)
    await t.resolves(system.close(), `the system closes while the collector is ${state}`)
  }
})

t.test('without a collector nothing is traced and uploads need no extra header', async (t) => {
  const system = await start(t, '')
  const { target, status } = await upload(system, { completes: true })
  t.equal(status, 'ready')
  t.notOk('x-amz-meta-traceparent' in (target?.headers ?? {}))
})
