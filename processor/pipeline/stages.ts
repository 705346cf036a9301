import type { Bucket } from '../../core/aws/bucket.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { ImageResult } from '../../core/catalog/image-leases.ts'
import type { RejectionReason } from '../../core/errors.ts'
import type { EventBus } from '../../core/events/event-bus.ts'
import type { ImageEvent } from '../../core/images/image-event.ts'
import type { ImageRecord } from '../../core/images/image-record.ts'
import type { ImageRef } from '../../core/images/object-key.ts'
import type { VariantSpec } from '../../core/images/variants.ts'
import type { DecodableImage } from '../imaging/decode-image.ts'
import type { RenderedVariant } from '../imaging/encode-variant.ts'
import type { ImagingLimits } from '../imaging/limits.ts'

/** What the steps reach out to, and their limits. */
export interface ProcessorDeps {
  catalog: Pick<
    Catalog,
    | 'find'
    | 'claim'
    | 'claimForReprocess'
    | 'finish'
    | 'completeReprocess'
    | 'completeLease'
    | 'handOffToRelay'
    | 'release'
  >
  rawBucket: Pick<Bucket, 'read'>
  processedBucket: Pick<Bucket, 'write' | 'remove'>
  eventBus: Pick<EventBus, 'publish'>
  variants: readonly VariantSpec[]
  /** Names what an image is made into: see `core/images/recipe.ts`. */
  recipe: string
  /** Whether a record may say where a photo was taken. */
  keepLocation: boolean
  limits: ProcessorLimits
  /** Epoch milliseconds. */
  now: () => number
}

export interface ProcessorLimits extends ImagingLimits {
  maxUploadBytes: number
  /** Starts without a result, after which an image is rejected as `processing_failed`. */
  maxAttempts: number
  leaseMs: number
}

/** An image that this worker holds the lease of. */
export interface Held {
  record: ImageRecord
  /** Names this one claim; no other claim, not even one of the same process, has the same. */
  owner: string
}

export interface Fetched extends Held {
  original: Buffer
  /** As stored with the object: what the signature of the upload URL enforced. */
  contentType: string
}

export interface Inspected extends Fetched, DecodableImage {}

export interface Rendered extends Inspected {
  rendered: RenderedVariant[]
  placeholder: string
  dominantColor: string
}

export interface Decided extends Held {
  result: ImageResult
}

/** A final record whose events are not known to be on their topics. */
export type UnpublishedRecord = ImageRecord & {
  status: ImageResult['status']
  finishedAt: string
  pendingEvents: ImageEvent[]
}

export interface Recorded extends Held {
  record: UnpublishedRecord
}

/** How the work on an image ended. All of them acknowledge the trigger. */
export interface Done {
  outcome: ImageResult['status'] | 'finished before' | 'gone' | 'no bytes' | 'left as it was'
  reason?: RejectionReason
  /** Of the original, and of all variants together; of a final image. */
  bytes?: { original: number; variants: number }
}

/** What is known about an image at each stage of the work. */
export interface Stages {
  requested: { image: ImageRef }
  /** By an operator, for an image that is ready. */
  reprocessRequested: { image: ImageRef }
  claimed: Held
  fetched: Fetched
  inspected: Inspected
  rendered: Rendered
  decided: Decided
  recorded: Recorded
  manifestStored: Recorded
  staleDeleted: Recorded
  done: Done
}

/** Work at one stage, or at any. */
export type Work<S extends keyof Stages = keyof Stages> = { [K in S]: Stages[K] & { stage: K } }[S]

/**
 * Takes work from one stage to a later one.
 * @throws Rejection when the image itself is at fault; anything else when a retry can help
 */
export type Step<From extends keyof Stages> = (work: Work<From>, deps: ProcessorDeps) => Promise<Work>
