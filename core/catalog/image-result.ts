import type { RejectionReason } from '../errors.ts'
import type { ImageRecord, ProcessedImage } from '../images/image-record.ts'

export interface ReadyResult extends Partial<StoredFacts> {
  status: 'ready'
  image: ProcessedImage
  /** The recipe that `image` was made with; see `recipe.ts`. */
  recipe: string
}

export type ImageResult =
  | ReadyResult
  | (Partial<StoredFacts> & { status: 'rejected'; rejection: { reason: RejectionReason; detail: string } })

/** Facts of the stored original in the record, set once it was read. */
export type StoredFacts = Pick<ImageRecord, 'byteLength' | 'contentType'>
