/** The types of the v1 API: those of the contract, and names for the kinds of responses. */
import type { Image, ProblemDetails, UploadAnswer, UploadTarget } from './contract.ts'

export type {
  CompletionAccepted,
  ContentType,
  Image,
  ImageList,
  ImageRejection,
  ProblemDetails,
  UploadAnswer,
  UploadRequest,
  UploadTarget,
  Variant,
} from './contract.ts'

/** The bytes must be uploaded. */
export type UploadGranted = UploadAnswer & { upload: UploadTarget }

/** A batch item that was refused. */
export interface UploadRefused {
  problem: ProblemDetails
}

/** Which images to list; by default those of today. */
export interface DayListing {
  /** UTC, `YYYY-MM-DD` */
  day?: string
  status?: Image['status']
  /** Maximum images per page, 1 to 100. */
  limit?: number
}

export interface PutOptions {
  /** Called while bytes are sent. The count starts over when an attempt fails. */
  onProgress?: (progress: Progress) => void
  signal?: AbortSignal
  /** Sends the bytes. The default uses XMLHttpRequest where there is one, otherwise `fetch`. */
  send?: SendFunction
}

export interface Progress {
  sentBytes: number
  totalBytes: number
}

/** The store's response. */
export interface StoreAnswer {
  status: number
  /** XML if the store refuses; it may be empty otherwise. */
  body: string
}

/**
 * Makes one attempt to PUT the bytes to `target.url` with exactly `target.headers`, and returns the response, regardless of its status. It may
 * throw StoreUnreachable, which is retried; other errors are final.
 */
export type SendFunction = (
  target: UploadTarget,
  file: Blob,
  options: Pick<PutOptions, 'onProgress' | 'signal'>,
) => Promise<StoreAnswer>

export type StreamedType = 'image.processed' | 'image.rejected'

/** A CloudEvent about an image, as on Kafka; openapi/asyncapi.json describes it. */
export interface ImageEvent {
  specversion: '1.0'
  /** Repeats of an event have the same `source` and `id`. */
  id: string
  source: string
  /** The type of the event, such as `hashgate.image.processed.v1`. */
  type: `hashgate.${string}`
  subject: string
  /** RFC 3339, UTC. */
  time: string
  datacontenttype: 'application/json'
  traceparent?: string
  data: {
    tenant: string
    imageId: string
    generation: string
    objectKey: string
    /** Version of the image's status. Events of earlier versions lack it. */
    sequence?: number
    byteLength: number
    contentType: string
    /** Present for a rejected image. */
    reason?: string
  }
}

/** Events may have been missed: read the states that matter. */
export interface Resync {
  type: 'resync'
  /** `opened` when a stream begins, otherwise the reason that the gateway gives. */
  reason: string
}
