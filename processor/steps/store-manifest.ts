import { manifestKey, rawKey } from '../../core/object-key.ts'
import type { OwingRecord, ProcessorDeps, Work } from '../work.ts'

/**
 * Writes the record's facts beside the variants, where Redshift reads them. After the record is final, and from the
 * record alone: no late worker can leave a manifest that says something else.
 */
export async function storeManifest(
  work: Work<'recorded'>,
  { processedBucket }: ProcessorDeps,
): Promise<Work<'described'>> {
  const body = Buffer.from(JSON.stringify(describeRecord(work.record)))
  await processedBucket.write(manifestKey(work.record), body, 'application/json')
  return { ...work, stage: 'described' }
}

/**
 * One flat JSON object, named like the API:
 *
 *     { "tenant": "local", "imageId": "9f86…", "generation": "20261122", "status": "ready", "rawKey": "local/9f86…/20261122",
 *       "byteLength": 2153007, "contentType": "image/jpeg", "fileName": "beach.jpg", "createdAt": "2026-11-22T10:00:00.000Z",
 *       "startedAt": "2026-11-22T10:00:01.042Z", "processedAt": "2026-11-22T10:00:02.117Z", "expiresAt": 1795946400, "attempts": 1,
 *       "recipe": "5f0c9b1d7a3e8264", "format": "jpeg", "width": 4000, "height": 3000, "colorSpace": "srgb", "hasAlpha": false,
 *       "pages": 1, "camera": { "make": "Canon", "model": "Canon EOS 40D" }, "takenAt": "2008-05-30T15:56:01",
 *       "placeholder": "3OcR…", "dominantColor": "#345678",
 *       "variants": [{ "name": "thumb", "key": "…/thumb.webp", "contentType": "image/webp", "width": 256, … }] }
 *
 * A rejected image has `reason` and `detail` in place of what begins with `recipe`. `remadeAt` is there once a ready image was
 * made again by another recipe, and `location` where the setting KEEP_LOCATION says so.
 */
function describeRecord(record: OwingRecord) {
  const { tenant, imageId, generation, status, byteLength, contentType, fileName, attempts } = record
  return {
    tenant,
    imageId,
    generation,
    status,
    rawKey: rawKey(record),
    byteLength,
    contentType,
    fileName,
    createdAt: record.createdAt,
    startedAt: record.startedAt,
    processedAt: record.finishedAt,
    remadeAt: record.remadeAt,
    expiresAt: record.expiresAt,
    attempts,
    recipe: record.recipe,
    ...record.image,
    ...record.rejection,
  }
}
