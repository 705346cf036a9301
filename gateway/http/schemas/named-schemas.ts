import { Dependencies, DependencyState, Health, Readiness } from './health-schemas.ts'
import {
  Camera,
  ContentType,
  GeoPoint,
  Image,
  ImageList,
  ImageRejection,
  ImageStatus,
  Variant,
} from './image-schemas.ts'
import { FieldError, ProblemDetails } from './problem-schemas.ts'
import {
  CompletionAccepted,
  UploadAnswer,
  UploadBatchItem,
  UploadBatchRequest,
  UploadBatchResult,
  UploadRequest,
  UploadTarget,
} from './upload-schemas.ts'

/** The named schemas of the API. Each is a component of the OpenAPI document and a named type in generated clients. */
export const namedSchemas = [
  ContentType,
  ImageStatus,
  UploadRequest,
  UploadBatchRequest,
  UploadTarget,
  UploadAnswer,
  UploadBatchItem,
  UploadBatchResult,
  CompletionAccepted,
  Image,
  ImageList,
  Variant,
  Camera,
  GeoPoint,
  ImageRejection,
  ProblemDetails,
  FieldError,
  Health,
  Readiness,
  Dependencies,
  DependencyState,
]
