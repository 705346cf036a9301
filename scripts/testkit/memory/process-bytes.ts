import type { AcceptedContentType } from '../../../core/images/formats.ts'
import type { ImageRecord } from '../../../core/images/image-record.ts'
import { rawKey } from '../../../core/images/object-key.ts'
import { processImage } from '../../../processor/pipeline/process-image.ts'
import type { Done } from '../../../processor/pipeline/stages.ts'
import type { createMemoryProcessor, Output } from './create-memory-processor.ts'

/** The result of processing one file: its record and the objects in the processed bucket. */
export interface Ending extends Partial<Pick<Done, 'outcome' | 'reason'>> {
  /** The error that processing threw. No upload may cause one. */
  error?: string
  record?: ImageRecord
  /** The variants and the manifest. */
  outputs: Output[]
}

/** Uploads the bytes to an in-memory processor, processes them and removes them again. */
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
