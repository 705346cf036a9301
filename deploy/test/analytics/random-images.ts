import fc from 'fast-check'
import type { CatalogRow } from '../../../scripts/analytics/warehouse/create-warehouse.ts'

/** An image with the record's fields, from which the tests compute expected results without SQL. */
export interface RandomImage {
  tenant: string
  imageId: string
  status: 'pending' | 'processing' | 'ready' | 'rejected'
  byteLength: number
  contentType: string
  createdMs: number
  startedMs?: number
  finishedMs?: number
  attempts: number
  duplicates: number
  reason?: string
  width?: number
  height?: number
}

export const retentionMs = 7 * 86_400_000
/** All images are requested in the three days before it. */
export const nowMs = Date.parse('2026-11-29T12:00:00.000Z')

const edges = [1, 99_999, 100_000, 500_000, 1_999_999, 2_000_000, 20_000_000, 52_428_800]

const image: fc.Arbitrary<RandomImage> = fc
  .record({
    tenant: fc.constantFrom('acme', 'local', 'zeta'),
    imageId: fc.stringMatching(/^[0-9a-f]{64}$/),
    status: fc.constantFrom('pending', 'processing', 'ready', 'ready', 'ready', 'rejected'),
    byteLength: fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 1, max: 52_428_800 })),
    contentType: fc.constantFrom('image/jpeg', 'image/png'),
    createdMs: fc.integer({ min: nowMs - 3 * 86_400_000, max: nowMs - 1 }),
    waitedMs: fc.integer({ min: 0, max: 30_000 }),
    tookMs: fc.integer({ min: 1, max: 90_000 }),
    attempts: fc.constantFrom(1, 1, 1, 2, 5),
    duplicates: fc.constantFrom(0, 0, 3),
    reason: fc.constantFrom('image_corrupt', 'processing_failed'),
    // 1,000 × 1,000 and 5,000 × 10,000 are exactly on the edge of a histogram bar.
    side: fc.constantFrom([999, 1_000], [1_000, 1_000], [4_000, 3_000], [5_000, 10_000], [9_000, 9_000]),
  })
  .map(({ waitedMs, tookMs, side: [width, height], reason, attempts, ...common }) => {
    const startedMs = common.createdMs + waitedMs
    if (common.status === 'pending') return { ...common, attempts: 0, duplicates: 0 }
    if (common.status === 'processing') return { ...common, attempts, startedMs }
    const finished = { ...common, attempts, startedMs, finishedMs: startedMs + tookMs }
    return common.status === 'ready' ? { ...finished, width, height } : { ...finished, reason }
  }) as fc.Arbitrary<RandomImage>

/** Generates the same images in every run. */
export const randomImages: RandomImage[] = fc.sample(image, { numRuns: 400, seed: 20_261_129 })

const time = (ms: number | undefined) => (ms === undefined ? undefined : { S: new Date(ms).toISOString() })

/** The record of an image as zero-ETL stores it. */
export function toRow(image: RandomImage): CatalogRow {
  const { tenant, imageId, status, contentType, reason, width, height } = image
  const item = {
    tenant: { S: tenant },
    imageId: { S: imageId },
    generation: { S: new Date(image.createdMs).toISOString().slice(0, 10).replaceAll('-', '') },
    status: { S: status },
    byteLength: { N: String(image.byteLength) },
    contentType: { S: contentType },
    createdAt: time(image.createdMs),
    startedAt: time(image.startedMs),
    finishedAt: time(image.finishedMs),
    expiresAt: { N: String(Math.floor((image.createdMs + retentionMs) / 1_000)) },
    attempts: { N: String(image.attempts) },
    duplicates: image.duplicates > 0 ? { N: String(image.duplicates) } : undefined,
    rejection: reason ? { M: { reason: { S: reason }, detail: { S: 'x' } } } : undefined,
    image: width
      ? { M: { format: { S: 'jpeg' }, width: { N: String(width) }, height: { N: String(height) } } }
      : undefined,
  }
  const present = Object.entries(item).filter(([, value]) => value !== undefined)
  return { pk: `${tenant}#${imageId}`, item: Object.fromEntries(present) as CatalogRow['item'] }
}
