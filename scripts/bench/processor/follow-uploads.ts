import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import {
  createHashgateClient,
  type HashgateClient,
} from '../../../openapi/packages/client/src/hashgate-client.ts'
import { deliverBytes, isGranted } from '../../../openapi/packages/client/src/upload-image.ts'
import { startSystem } from '../../local/start-system.ts'
import { median } from '../median.ts'
import { printTable } from '../print-table.ts'
import { useDirectory } from '../use-directory.ts'
import { collectSpans } from './collect-spans.ts'
import { findPhotographs } from './find-photographs.ts'

const runs = [
  { inFlight: 1, images: 16 },
  { inFlight: 8, images: 48 },
  { inFlight: 32, images: 96 },
]
/** The processor exports spans every second. */
const spansDelayMs = 2_500

interface UploadTimes {
  /** Milliseconds from the first byte sent. */
  stored: number
  ready: number
}

type Spans = Map<string, number[]>

/** Measures the time from the PUT to `ready` on the whole local system, step by step. */
export async function followUploads(): Promise<void> {
  const { baseline, progressive, note } = await findPhotographs()
  const photos = await Promise.all([...baseline, ...progressive].map((file) => readFile(file)))
  const collector = await collectSpans()
  const taken: { inFlight: number; times: UploadTimes[]; spans: Spans; seconds: number }[] = []
  await useDirectory(async (dataDirectory) => {
    const settings = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      RATE_LIMIT_PER_MINUTE: '1000000',
      IMAGES_IN_FLIGHT: '2',
    }
    const system = await startSystem({ dataDirectory, port: 0, settings })
    try {
      const client = createHashgateClient({ gateway: system.gatewayUrl, key: system.key })
      await uploadMany(client, photos, { inFlight: 2, images: 4 })
      for (const { inFlight, images } of runs) {
        await sleep(spansDelayMs)
        collector.take()
        const startedAt = performance.now()
        const times = await uploadMany(client, photos, { inFlight, images })
        const seconds = (performance.now() - startedAt) / 1000
        await sleep(spansDelayMs)
        taken.push({ inFlight, times, spans: collector.take(), seconds })
      }
    } finally {
      await system.close()
      collector.close()
    }
  })
  printTimes(taken, note)
}

async function uploadMany(
  client: HashgateClient,
  photos: Buffer[],
  { inFlight, images }: { inFlight: number; images: number },
): Promise<UploadTimes[]> {
  const limit = limitConcurrency(inFlight)
  const uploads = Array.from({ length: images }, (_, index) =>
    limit(() => uploadOne(client, makeNew(photos[index % photos.length] ?? Buffer.alloc(0)))),
  )
  return Promise.all(uploads)
}

/** Appends bytes that decoders ignore, which makes a JPEG a new image. */
function makeNew(photo: Buffer): Buffer {
  return Buffer.concat([photo, randomBytes(16)])
}

async function uploadOne(client: HashgateClient, bytes: Buffer): Promise<UploadTimes> {
  const request = {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    byteLength: bytes.length,
    contentType: 'image/jpeg',
  } as const
  const answer = await client.requestUpload(request)
  if (!isGranted(answer)) throw new Error('the image was there before')
  const startedAt = performance.now()
  await deliverBytes(client, request, answer, new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), {})
  const stored = performance.now() - startedAt
  const { status } = await client.waitForImage(answer.imageId)
  if (status !== 'ready') throw new Error(`an image ended ${status}`)
  return { stored, ready: performance.now() - startedAt }
}

/** Milliseconds by step of the processor; `decode` and `wait for memory` are parts of `renderVariants`. */
const parts: [string, (spans: Spans) => number][] = [
  ['fetch', (spans) => typical(spans, 'fetchOriginal')],
  ['inspect', (spans) => typical(spans, 'inspectImage')],
  ['decode', (spans) => typical(spans, 'decode')],
  ['encode', findEncoding],
  ['store', (spans) => typical(spans, 'storeVariants')],
  ['record', (spans) => typical(spans, 'claimRecord') + typical(spans, 'recordResult')],
  ['announce', (spans) => typical(spans, 'storeManifest') + typical(spans, 'announceResult')],
]

/** The rest of the rendering. A mean, because not every image waits, and some are decoded twice. */
function findEncoding(spans: Spans): number {
  const images = spans.get('renderVariants')?.length ?? 0
  const [whole = 0, ...others] = ['renderVariants', 'decode', 'wait for memory'].map((name) =>
    (spans.get(name) ?? []).reduce((sum, ms) => sum + ms, 0),
  )
  return others.reduce((left, ms) => left - ms, whole) / images
}

function typical(spans: Spans, name: string): number {
  return median(spans.get(name) ?? [])
}

function printTimes(
  taken: { inFlight: number; times: UploadTimes[]; spans: Spans; seconds: number }[],
  note: string,
): void {
  printTable({
    title: 'Processor: a photograph from PUT to ready on this machine, ms',
    head: [
      'in flight',
      'images/s',
      'PUT to ready p50',
      'p99',
      'PUT p50',
      'waiting p50',
      ...parts.map(([name]) => name),
    ],
    rows: taken.map(({ inFlight, times, spans, seconds }) => {
      const ready = times.map((time) => time.ready)
      const stored = median(times.map((time) => time.stored))
      const working = typical(spans, 'process image')
      return [
        inFlight,
        (times.length / seconds).toFixed(2),
        median(ready).toFixed(0),
        percentile(ready, 0.99).toFixed(0),
        stored.toFixed(0),
        Math.max(0, median(ready) - stored - working).toFixed(0),
        ...parts.map(([, part]) => part(spans).toFixed(1)),
      ]
    }),
    notes: [
      note,
      'The client, the local S3, DynamoDB and Kafka, the gateway and the processor (2 images in flight) share this machine.',
      'PUT ends when the store has answered and the gateway has got the completion. Waiting is PUT to ready minus the PUT and the work',
      "itself: the queue before the processor. From fetch on: medians of the processor's steps, encode a mean; a decode that takes turns counts from its turn.",
    ],
  })
}

function percentile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN
}
