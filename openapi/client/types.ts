/** The shapes of the v1 API: those of the contract, and names for the kinds of an answer. */
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

/** The bytes are wanted. */
export type UploadGranted = UploadAnswer & { upload: UploadTarget }

/** An item of a batch that cannot be taken. */
export interface UploadRefused {
  problem: ProblemDetails
}

/** Which images to list; of today, unless `day` says otherwise. */
export interface DayListing {
  /** UTC, `YYYY-MM-DD` */
  day?: string
  status?: Image['status']
  /** Most images of a page, 1 to 100. */
  limit?: number
}

export interface PutOptions {
  /** Called while bytes are sent. The count starts over when an attempt fails. */
  onProgress?: (progress: Progress) => void
  signal?: AbortSignal
}

export interface Progress {
  sentBytes: number
  totalBytes: number
}

export interface StoreAnswer {
  status: number
  body: string
}
