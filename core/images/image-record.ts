import type { RejectionReason } from '../errors.ts'
import type { AcceptedContentType, AcceptedFormat } from './formats.ts'
import type { ImageEvent } from './image-event.ts'
import { generationAt, type ImageRef } from './object-key.ts'

/**
 * The life of an image:
 *
 *     pending ──claim──▶ processing ──▶ ready
 *        ▲                   │  └─────▶ rejected
 *        └── bytes absent ───┘
 *
 * `ready` and `rejected` are final. Seven days after `createdAt` the record counts as gone, whatever its status:
 * DynamoDB's TTL deletes it some time later, so every read and every condition looks at `expiresAt` itself.
 */
export type ImageStatus = 'pending' | 'processing' | 'ready' | 'rejected'

export interface ImageRecord extends ImageRef {
  status: ImageStatus
  /** As declared by the client, and enforced by the signature of its upload URL. */
  byteLength: number
  contentType: AcceptedContentType
  fileName?: string
  /** RFC 3339, UTC. */
  createdAt: string
  /** Epoch seconds, as DynamoDB's TTL wants it. */
  expiresAt: number
  /** Times that a worker has started on this image. */
  attempts: number
  /** Who works on it, and until when (epoch milliseconds) nobody else may. */
  leaseOwner?: string
  leaseUntil?: number
  /** RFC 3339, UTC. When a worker first began on the bytes. */
  startedAt?: string
  /** RFC 3339, UTC. Set when the status became final. */
  finishedAt?: string
  image?: ProcessedImage
  /** Names how `image` was made: see `recipe.ts`. */
  recipe?: string
  /** RFC 3339, UTC. Set when a ready image was made again, by another recipe. */
  reprocessedAt?: string
  /** Starts to make it again, of which none came to an end yet. Absent: none. They are not among `attempts`. */
  reprocessAttempts?: number
  /** Keys in the processed bucket that only the recipe before had: still to be deleted. */
  replacedKeys?: string[]
  rejection?: { reason: RejectionReason; detail: string }
  /** Times that its tenant was spared sending it again. Absent: none. */
  duplicates?: number
  /** Events that this record's changes promised and that are not known to be on their topics yet, in order. */
  pendingEvents?: ImageEvent[]
  /** Who delivers them at the moment, and until when (epoch milliseconds) nobody else should. */
  relayOwner?: string
  relayUntil?: number
}

/** What the processor found out and made. */
export interface ProcessedImage {
  format: AcceptedFormat
  /** Pixels, after the EXIF orientation is applied. */
  width: number
  height: number
  /** Of the original's pixels, in libvips' words: `srgb`, `rgb16`, `b-w`, `cmyk`, … Records of old have none of these three. */
  colorSpace?: string
  hasAlpha?: boolean
  /** Frames of an animation, pages of a TIFF; 1 of anything else. */
  pages?: number
  camera?: { make?: string; model?: string }
  /** As the camera's clock showed it, `2026-11-22T10:00:00`. Without a zone, which would be a place. */
  takenAt?: string
  /** Only where the setting `KEEP_LOCATION` says so. Degrees, north and east positive. */
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
  /** Frames of an animation; absent when it is still. */
  pages?: number
}

export interface UploadRequest {
  tenant: string
  imageId: string
  byteLength: number
  contentType: AcceptedContentType
  fileName?: string
}

/** The first state of a record. @param retentionSeconds how long the image and everything about it may live */
export function newRecord(request: UploadRequest, nowMs: number, retentionSeconds: number): ImageRecord {
  return {
    ...request,
    generation: generationAt(nowMs),
    status: 'pending',
    createdAt: new Date(nowMs).toISOString(),
    expiresAt: Math.floor(nowMs / 1000) + retentionSeconds,
    attempts: 0,
  }
}

export function isExpired(record: Pick<ImageRecord, 'expiresAt'>, nowMs: number): boolean {
  return record.expiresAt <= Math.floor(nowMs / 1000)
}

export function isFinal(record: Pick<ImageRecord, 'status'>): boolean {
  return record.status === 'ready' || record.status === 'rejected'
}
