import type { AcceptedContentType } from '../../../core/images/formats.ts'
import type { ImageRecord } from '../../../core/images/image-record.ts'
import { rawKey } from '../../../core/images/object-key.ts'
import { processImage } from '../../../processor/pipeline/process-image.ts'
import type { Done } from '../../../processor/pipeline/stages.ts'
import type { createMemoryProcessor, Output } from './create-memory-processor.ts'

/** How the processing of one file ended, and what it has left in the catalog and the processed bucket. */
export interface Ending extends Partial<Pick<Done, 'outcome' | 'reason'>> {
  /** What was thrown; no upload may make that happen. */
  error?: string
  record?: ImageRecord
  /** Variants and the manifest. */
  outputs: Output[]
}

/** Uploads the bytes to a processor in memory, processes them, and makes the processor forget them. */
export async function processBytes(
  processor: ReturnType<typeof createMemoryProcessor>,
  bytes: Buffer,
  contentType: AcceptedContentType,
): Promise<Ending> {
  const image = processor.upload(bytes, contentType)
  const leftBehind = () => ({
    record: processor.records.get(rawKey(image)),
    outputs: processor.outputsOf(image),
  })
  try {
    const { outcome, reason } = await processImage(image, processor.deps)
    return { outcome, reason, ...leftBehind() }
  } catch (error) {
    return { error: String(error), ...leftBehind() }
  } finally {
    processor.forget(image)
  }
}
