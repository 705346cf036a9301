/** The shapes of the v1 API: those of the contract, and names for the kinds of an answer. */
import type { ProblemDetails, UploadAnswer, UploadTarget } from './contract.ts'

export type {
  CompletionAccepted,
  ContentType,
  Image,
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
