/** The shapes of the v1 API, as in `openapi/openapi.json`. */

export type ContentType =
  | 'image/jpeg'
  | 'image/png'
  | 'image/webp'
  | 'image/avif'
  | 'image/gif'
  | 'image/tiff'

export interface UploadRequest {
  /** 64 hex digits. */
  sha256: string
  byteLength: number
  contentType: ContentType
  fileName?: string
}

export interface UploadTarget {
  method: 'PUT'
  url: string
  /** To be sent byte for byte. */
  headers: Record<string, string>
  /** RFC 3339. */
  expiresAt: string
  expiresInSeconds: number
}

export interface UploadAnswer {
  imageId: string
  status: Image['status']
  /** These bytes were uploaded before: there is nothing to upload. */
  duplicate: boolean
  expiresAt: string
  /** There when the bytes are wanted. */
  upload?: UploadTarget
  image?: Image
  rejection?: ImageRejection
}

export type UploadGranted = UploadAnswer & { upload: UploadTarget }

export interface UploadRefused {
  problem: ProblemDetails
}

export interface Image {
  imageId: string
  status: 'pending' | 'processing' | 'ready' | 'rejected'
  byteLength: number
  contentType: ContentType
  fileName?: string
  createdAt: string
  expiresAt: string
  finishedAt?: string
  format?: string
  /** Pixels, upright. */
  width?: number
  height?: number
  /** ThumbHash, base64. */
  placeholder?: string
  /** `#rrggbb` */
  dominantColor?: string
  variants?: Variant[]
  rejection?: ImageRejection
}

/** A page of a day, newest first. */
export interface ImageList {
  images: Image[]
  /** There when there may be more, even behind a short or empty page. */
  nextCursor?: string
}

/** Which images to list; of today, unless `day` says otherwise. */
export interface DayListing {
  /** UTC, `YYYY-MM-DD` */
  day?: string
  status?: Image['status']
  /** Most images of a page, 1 to 100. */
  limit?: number
}

export interface Variant {
  name: string
  width: number
  height: number
  byteLength: number
  contentType: string
  url: string
  urlExpiresAt: string
}

export interface ImageRejection {
  reason: string
  detail: string
}

export interface ProblemDetails {
  type: string
  title: string
  status: number
  code: string
  detail?: string
  errors?: { field: string; message: string }[]
  requestId?: string
}
