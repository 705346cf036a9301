import type { AcceptedContentType } from '../../../core/images/formats.ts'
import { type ImageRef, rawKey } from '../../../core/images/object-key.ts'
import type { ProcessorDeps } from '../../../processor/pipeline/stages.ts'
import { systemTimers } from '../../../processor/pipeline/timers.ts'
import { createMemoryBucket } from '../create-memory-bucket.ts'
import { createMemoryCatalog } from '../create-memory-catalog.ts'
import { createStepDeps } from '../create-step-deps.ts'
import { sha256 } from '../create-test-processor.ts'

export interface Output {
  key: string
  bytes: Buffer
}

/**
 * Creates in-memory dependencies for tests of very many images: `forget` removes an image completely.
 * @param base variants, limits and settings; by default those of the tests
 */
export function createMemoryProcessor(
  base: ProcessorDeps = createStepDeps({ maxUploadBytes: 52_428_800 }).deps,
) {
  const catalog = createMemoryCatalog(base.now)
  const rawBucket = createMemoryBucket()
  const processedBucket = createMemoryBucket()
  const eventBus = { publish: async () => {} }
  const deps: ProcessorDeps = {
    ...base,
    catalog,
    rawBucket,
    processedBucket,
    eventBus,
    timers: systemTimers,
  }
  let uploads = 0

  /** Uploads bytes as a new image, even if the same bytes were uploaded before. */
  function upload(bytes: Buffer, contentType: AcceptedContentType): ImageRef {
    const request = { imageId: sha256(bytes), byteLength: bytes.length, contentType }
    const { tenant, imageId, generation } = catalog.register({ ...request, tenant: `t${uploads++}` })
    const image = { tenant, imageId, generation }
    rawBucket.objects.set(rawKey(image), { bytes, contentType })
    return image
  }

  function outputsOf(image: ImageRef): Output[] {
    return [...processedBucket.objects]
      .filter(([key]) => key.startsWith(`${rawKey(image)}/`))
      .map(([key, { bytes }]) => ({ key, bytes }))
  }

  function forget(image: ImageRef): void {
    catalog.records.delete(rawKey(image))
    rawBucket.objects.delete(rawKey(image))
    for (const key of processedBucket.objects.keys()) {
      if (key.includes(`${image.tenant}/${image.imageId}`)) processedBucket.objects.delete(key)
    }
    rawBucket.reads.length = 0
    processedBucket.writes.length = 0
  }

  return { deps, upload, outputsOf, forget, processedBucket, records: catalog.records }
}
