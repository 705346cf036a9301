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
}

export interface Progress {
  sentBytes: number
  totalBytes: number
}

export interface StoreAnswer {
  status: number
  body: string
}
