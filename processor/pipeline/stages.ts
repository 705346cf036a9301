import type { Bucket } from '../../core/aws/bucket.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Start } from '../../core/catalog/image-claims.ts'
import type { ImageResult } from '../../core/catalog/image-result.ts'
import type { RejectionReason } from '../../core/errors.ts'
import type { EventBus } from '../../core/events/event-bus.ts'
import type { ImageEvent } from '../../core/images/image-event.ts'
import type { ImageRecord } from '../../core/images/image-record.ts'
import type { ImageRef } from '../../core/images/object-key.ts'
import type { VariantSpec } from '../../core/images/variants.ts'
import type { DecodableImage } from '../imaging/decode-image.ts'
import type { RenderedVariant } from '../imaging/encode-variant.ts'
import type { ImagingLimits } from '../imaging/limits.ts'
import type { Timers } from './timers.ts'

/** The dependencies of the steps, and their limits. */
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
  processedBucket: Pick<Bucket, 'head' | 'write'>
  eventBus: Pick<EventBus, 'publish'>
  variants: readonly VariantSpec[]
  /** Identifies the variant table and settings that an image is processed with; see `core/images/recipe.ts`. */
  recipe: string
  /** Whether HEIC is accepted. */
  heic: boolean
  /** Whether the record keeps the location of a photo. */
  keepLocation: boolean
  limits: ProcessorLimits
  /** Epoch milliseconds. */
  now: () => number
  /** By default the timers of the system. */
  timers?: Timers
}

export interface ProcessorLimits extends ImagingLimits {
  maxUploadBytes: number
  /** Counted starts without a result, after which an image is rejected as `processing_failed`. */
  maxAttempts: number
  leaseMs: number
}

/** An image whose lease this worker holds. */
export interface Held {
  record: ImageRecord
  /** Unique per claim, even within one process. */
  owner: string
  /** When the store received the original, in whole seconds; epoch milliseconds. */
  storedAtMs?: number
  /** Why variants lack the gain map that the original has; for the log. */
  gainMapOmitted?: string
}

export interface Fetched extends Held {
  /** Length of the stored object, once `original` is prepared for the decoder and can differ. */
  storedBytes?: number
  original: Buffer
  /** That of the stored object, which the upload URL's signature enforced; from `inspected` on, that of the bytes. */
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

/** A final record whose events may not be published yet. */
export type UnpublishedRecord = ImageRecord & {
  status: ImageResult['status']
  finishedAt: string
  pendingEvents: ImageEvent[]
}

export interface Recorded extends Held {
  record: UnpublishedRecord
}

/** The outcome of processing an image. Every outcome acknowledges the trigger. */
export interface Done {
  outcome:
    | ImageResult['status']
    | 'already finished'
    | 'expired'
    | 'must run alone'
    | 'not uploaded'
    | 'unchanged'
  reason?: RejectionReason
  /** Why variants with `gainMap: true` lack the gain map that the original has. */
  gainMapOmitted?: string
  /** Milliseconds from the moment at which the store received the original to the final status. */
  waitMs?: number
  /** Sizes of the original and of all variants together; only for images with a final status. */
  bytes?: { original: number; variants: number }
}

/** The stages of the pipeline and what is known about the image in each. */
export interface Stages {
  requested: { image: ImageRef; start?: Start }
  /** An operator requested reprocessing of a ready image. */
  reprocessRequested: { image: ImageRef }
  claimed: Held
  fetched: Fetched
  inspected: Inspected
  rendered: Rendered
  decided: Decided
  recorded: Recorded
  manifestStored: Recorded
  done: Done
}

/** An image in one of these stages. */
export type Work<S extends keyof Stages = keyof Stages> = { [K in S]: Stages[K] & { stage: K } }[S]

/**
 * Moves an image from one stage to a later one.
 * @throws Rejection when the image is at fault; any other error when a retry can help
 */
export type Step<From extends keyof Stages> = (work: Work<From>, deps: ProcessorDeps) => Promise<Work>
