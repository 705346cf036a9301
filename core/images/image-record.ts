import type { RejectionReason } from '../errors.ts'
import type { AcceptedContentType, AcceptedFormat } from './formats.ts'
import type { ImageEvent } from './image-event.ts'
import { generationAt, type ImageRef } from './object-key.ts'

/**
 * The status of an image:
 *
 *     pending ──claim──▶ processing ──▶ ready
 *        ▲                   │  └─────▶ rejected
 *        └── bytes absent ───┘
 *
 * `ready` and `rejected` are final, except that some rejected images can be uploaded again (`canBeUploadedAgain`). The record expires seven days after `createdAt`, whatever its status. DynamoDB's TTL deletes it
 * some time later, so every read and every condition checks `expiresAt`.
 */
export type ImageStatus = 'pending' | 'processing' | 'ready' | 'rejected'

export interface ImageRecord extends ImageRef {
  status: ImageStatus
  /**
   * Version of the status: 1 in a new record. Every change of the status raises it in the same conditional write, and so does a new result
   * of a ready image. Another upload of a rejected image continues the count. A record that is created after this one expired starts at 1
   * again; its `generation` has a later day. Absent in records of earlier versions: 1.
   */
  sequence?: number
  /** Length and type as the client declared them and the upload URL's signature enforced them; of a final record, those of the stored object. */
  byteLength: number
  contentType: AcceptedContentType
  fileName?: string
  /** RFC 3339, UTC. */
  createdAt: string
  /** Epoch seconds, as DynamoDB's TTL requires. */
  expiresAt: number
  /** Number of times that a worker started processing this image. */
  attempts: number
  /**
   * Starts that count towards `MAX_ATTEMPTS`: the image was alone in a process that had already shown that it works. Absent: none.
   */
  aloneAttempts?: number
  /** The worker that holds the lease, and when the lease expires (epoch milliseconds). */
  leaseOwner?: string
  leaseUntil?: number
  /** RFC 3339, UTC. When a worker first started processing. */
  startedAt?: string
  /** RFC 3339, UTC. Set when the status became final. */
  finishedAt?: string
  image?: ProcessedImage
  /** The recipe that `image` was made with; see `recipe.ts`. */
  recipe?: string
  /** RFC 3339, UTC. Set when a ready image was reprocessed with another recipe. */
  reprocessedAt?: string
  /** Attempts of the current reprocessing, which `attempts` does not include. Absent: none. */
  reprocessAttempts?: number
  rejection?: { reason: RejectionReason; detail: string }
  /** Number of upload requests that were answered as duplicates. Absent: none. */
  duplicates?: number
  /** Pending events, in order: changes of this record require them, and they may not be on their topics yet. */
  pendingEvents?: ImageEvent[]
  /** The relay that publishes them, and when its lease expires (epoch milliseconds). */
  relayOwner?: string
  relayUntil?: number
}

/** The result of processing an image. */
export interface ProcessedImage {
  format: AcceptedFormat
  /** Pixels, after the EXIF orientation is applied. */
  width: number
  height: number
  /** Colour space of the original as libvips names it: `srgb`, `rgb16`, `b-w`, `cmyk`, … Older records lack this and the next two fields. */
  colorSpace?: string
  hasAlpha?: boolean
  /** Frames of an animation or pages of a TIFF; otherwise 1. */
  pages?: number
  camera?: { make?: string; model?: string }
  /** Local time of the camera, `2026-11-22T10:00:00`. Without a time zone, because that would reveal a location. */
  takenAt?: string
  /** Present only with `KEEP_LOCATION=true`. Degrees, north and east positive. */
  location?: { latitude: number; longitude: number }
  /** ThumbHash, base64: https://evanw.github.io/thumbhash/ */
  placeholder: string
  /** `#rrggbb` */
  dominantColor: string
  variants: StoredVariant[]
}

export interface StoredVariant {
  name: string
  /** Key in the processed bucket. */
  key: string
  contentType: string
  width: number
  height: number
  byteLength: number
  /** Frames of an animation; absent for a still image. */
  pages?: number
}

export interface UploadRequest {
  tenant: string
  imageId: string
  byteLength: number
  contentType: AcceptedContentType
  fileName?: string
}

/** Creates a pending record. @param retentionSeconds lifetime of the image and all data about it */
export function newRecord(request: UploadRequest, nowMs: number, retentionSeconds: number): ImageRecord {
  return {
    ...request,
    generation: generationAt(nowMs),
    status: 'pending',
    sequence: 1,
    createdAt: new Date(nowMs).toISOString(),
    expiresAt: Math.floor(nowMs / 1000) + retentionSeconds,
    attempts: 0,
  }
}

/** The sequence of a record. */
export function sequenceOf({ sequence = 1 }: Pick<ImageRecord, 'sequence'>): number {
  return sequence
}

/** The record with the sequence that it has after its next change of status, for the event about that change. */
export function withNextSequence(record: ImageRecord): ImageRecord {
  return { ...record, sequence: sequenceOf(record) + 1 }
}

export function isExpired(record: Pick<ImageRecord, 'expiresAt'>, nowMs: number): boolean {
  return record.expiresAt <= Math.floor(nowMs / 1000)
}

export function isFinal(record: Pick<ImageRecord, 'status'>): boolean {
  return record.status === 'ready' || record.status === 'rejected'
}

export function declaresTheSame(record: ImageRecord, request: UploadRequest): boolean {
  return record.byteLength === request.byteLength && record.contentType === request.contentType
}

/**
 * Whether the image was rejected for something that another upload of the same bytes can correct: a wrong declaration, or a store
 * that did not verify the bytes. All other reasons lie in the bytes themselves.
 */
export function canBeUploadedAgain(record: ImageRecord, request: UploadRequest): boolean {
  const reason = record.rejection?.reason
  return reason === 'checksum_mismatch' || (reason === 'format_mismatch' && !declaresTheSame(record, request))
}
