import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createWarehouse } from '../../../analytics/warehouse/create-warehouse.ts'
import { nameFields } from '../../../analytics/warehouse/name-fields.ts'
import type { InventedImage } from './invent-images.ts'

interface Options {
  now: Date
  historyMode?: boolean
}

/** A warehouse over records and manifests of these images, until the end of the test. */
export async function openInventedWarehouse(
  t: Test,
  images: InventedImage[],
  { now, historyMode = false }: Options,
) {
  const directory = t.testdir()
  const manifests = images.filter(({ status }) => status !== 'pending').map(toManifest)
  const days = Map.groupBy(manifests, ({ createdAt }) => createdAt.slice(0, 10))
  for (const [day, list] of days) {
    const folder = join(directory, 'manifests', `day=${day}`, 'all')
    await mkdir(folder, { recursive: true })
    await writeFile(
      join(folder, 'manifests.json'),
      list.map((manifest) => JSON.stringify(manifest)).join('\n'),
    )
  }
  const session = await createWarehouse({
    rows: images.map((image) => ({
      pk: `${image.tenant}#${image.imageId}`,
      item: toItem(image),
      ...(historyMode && { history: { createdAt: iso(image.requestedAtMs).slice(0, 19) } }),
    })),
    directory,
    fieldNames: [...new Set(manifests.flatMap(nameFields))],
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
}: InventedImage) {
  return { tenant, imageId, generation, createdAt: iso(requestedAtMs), reason, format, width, height, camera }
}

/** As zero-ETL lands it. */
function toItem(image: InventedImage) {
  const { startedAtMs, finishedAtMs, reason } = image
  return {
    tenant: { S: image.tenant },
    imageId: { S: image.imageId },
    generation: { S: image.generation },
    status: { S: image.status },
    byteLength: { N: String(image.byteLength) },
    contentType: { S: `image/${image.format ?? 'jpeg'}` },
    createdAt: { S: iso(image.requestedAtMs) },
    expiresAt: { N: String(Math.floor(image.requestedAtMs / 1_000) + 7 * 86_400) },
    attempts: { N: '1' },
    duplicates: { N: String(image.duplicates) },
    ...(startedAtMs && { startedAt: { S: iso(startedAtMs) } }),
    ...(finishedAtMs && { finishedAt: { S: iso(finishedAtMs) } }),
    ...(reason && { rejection: { M: { reason: { S: reason }, detail: { S: 'Damaged.' } } } }),
  }
}
