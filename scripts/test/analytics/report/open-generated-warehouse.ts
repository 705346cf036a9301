import type { Test } from 'tap'
import { manifestKey } from '../../../../core/images/object-key.ts'
import { createWarehouse } from '../../../analytics/warehouse/create-warehouse.ts'
import { writeParquetDays } from '../../../testkit/compaction/write-parquet-days.ts'
import type { GeneratedImage } from './generate-images.ts'

interface Options {
  now: Date
  historyMode?: boolean
  retentionDays?: number
}

/** Opens a warehouse with the records and manifests of these images. It is closed when the test ends. */
export async function openGeneratedWarehouse(
  t: Test,
  images: GeneratedImage[],
  { now, historyMode = false, retentionDays = 7 }: Options,
) {
  const finished = images.filter(({ status }) => status !== 'pending')
  const manifests = finished.map((image) => {
    const bytes = Buffer.from(JSON.stringify(toManifest(image)))
    return [manifestKey(image), { bytes }] as const
  })
  const session = await createWarehouse({
    rows: images.map((image) => ({
      pk: `${image.tenant}#${image.imageId}`,
      item: toItem(image, retentionDays),
      ...(historyMode && { history: { createdAt: iso(image.requestedAtMs).slice(0, 19) } }),
    })),
    manifests: await writeParquetDays(manifests),
    directory: t.testdir(),
    historyMode,
    now: now.toISOString().slice(0, 19).replace('T', ' '),
  })
  t.teardown(session.close)
  return session
}

const iso = (ms: number) => new Date(ms).toISOString()

function toManifest({
  tenant,
  imageId,
  generation,
  requestedAtMs,
  reason,
  format,
  width,
  height,
  camera,
}: GeneratedImage) {
  const expiresAt = Math.floor(requestedAtMs / 1_000) + 7 * 86_400
  const image = { reason, format, width, height, camera }
  return { tenant, imageId, generation, createdAt: iso(requestedAtMs), expiresAt, ...image }
}

/** The record as zero-ETL stores it. */
function toItem(image: GeneratedImage, retentionDays: number) {
  const { startedAtMs, finishedAtMs, reason } = image
  return {
    tenant: { S: image.tenant },
    imageId: { S: image.imageId },
    generation: { S: image.generation },
    status: { S: image.status },
    byteLength: { N: String(image.byteLength) },
    contentType: { S: `image/${image.format ?? 'jpeg'}` },
    createdAt: { S: iso(image.requestedAtMs) },
    expiresAt: { N: String(Math.floor(image.requestedAtMs / 1_000) + retentionDays * 86_400) },
    attempts: { N: '1' },
    duplicates: { N: String(image.duplicates) },
    ...(startedAtMs && { startedAt: { S: iso(startedAtMs) } }),
    ...(finishedAtMs && { finishedAt: { S: iso(finishedAtMs) } }),
    ...(reason && { rejection: { M: { reason: { S: reason }, detail: { S: 'Damaged.' } } } }),
  }
}
