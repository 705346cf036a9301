import type { Catalog } from '../../core/catalog/catalog.ts'
import type { ImageRef } from '../../core/images/object-key.ts'
import { processImage } from '../../processor/pipeline/process-image.ts'
import type { Done, ProcessorDeps } from '../../processor/pipeline/stages.ts'

/** Reopens an image that was rejected as `processing_failed`, and processes it. If this fails, the reconciler continues. */
export async function retryImage(
  image: ImageRef,
  deps: Omit<ProcessorDeps, 'catalog'> & { catalog: Catalog },
): Promise<Done> {
  await deps.catalog.reopen(image)
  return processImage(image, deps, undefined, { alone: false, counts: false })
}
