import { manifestKey, rawKey } from '../../../core/images/object-key.ts'
import type { ProcessorDeps, UnpublishedRecord, Work } from '../stages.ts'
import { storeObject } from '../store-object.ts'

/**
 * Writes the manifest that Redshift reads. It depends only on the final record, so all workers that finish the same result write the
 * same manifest. A reprocessed image has several results, so only the holder of the lease replaces a manifest. @throws LeaseLost
 */
export async function storeManifest(
  work: Work<'recorded'>,
  deps: ProcessorDeps,
): Promise<Work<'manifestStored'>> {
  const bytes = Buffer.from(JSON.stringify(describeRecord(work.record)))
  await storeObject({ key: manifestKey(work.record), bytes, contentType: 'application/json' }, work, deps)
  return { ...work, stage: 'manifestStored' }
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
 *       "variants": [{ "name": "thumb", "key": "…/5f0c9b1d7a3e8264/thumb.webp", "contentType": "image/webp", "width": 256, … }] }
 *
 * A rejected image has `reason` and `detail` instead of the fields from `recipe` on. `remadeAt` is present once a ready image was
 * reprocessed, and `location` with KEEP_LOCATION=true.
 */
function describeRecord(record: UnpublishedRecord) {
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
    remadeAt: record.reprocessedAt,
    expiresAt: record.expiresAt,
    attempts,
    recipe: record.recipe,
    ...record.image,
    ...record.rejection,
  }
}
