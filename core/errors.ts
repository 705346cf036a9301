/** A service that hashgate depends on, as named in logs and, except for the issuer, in `GET /readyz`. */
export type Dependency = 'bucket' | 'catalog' | 'keys' | 'events' | 'webhooks' | 'issuer'

/** S3, DynamoDB, Kafka or the token issuer failed or timed out. A retry can succeed. `cause` is for the log only. */
export class DependencyUnavailable extends Error {
  override readonly name = 'DependencyUnavailable'
  readonly dependency: Dependency

  constructor(dependency: Dependency, cause?: unknown) {
    super(`The ${dependency} dependency is unavailable.`, { cause })
    this.dependency = dependency
  }
}

/** Another worker holds the lease of this image. A retry can succeed once that worker has finished or its lease has expired. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** Advice for uploaders and operators when HEIC is off. */
export const heicAdvice =
  'Export the photo as JPEG; on an iPhone, choose "Most Compatible" under Settings > Camera > Formats. Operators accept HEIC with HEIC=on.'

/** Reasons for rejecting an image, which are part of the API, with a sentence of advice for the uploader. */
export const rejections = {
  checksum_mismatch: 'The stored bytes do not have the announced SHA-256. Upload the original file again.',
  format_unsupported: 'The bytes are not an image in an accepted format: JPEG, PNG, WebP, AVIF, GIF or TIFF.',
  format_mismatch:
    'The bytes are an image of another type than the declared one. Upload it again with the right type.',
  image_corrupt: 'The image is damaged or cut off and cannot be decoded.',
  too_many_bytes: 'The file is larger than this system accepts.',
  too_many_pixels: 'The image has more pixels than this system accepts.',
  too_many_pages: 'The image has more frames or pages than this system accepts.',
  pixel_format_unsupported:
    'The image has a bit depth, a colour model or a compression that is not accepted. Export it as a JPEG or PNG in sRGB with 8 bits per channel.',
  processing_timeout: 'The image takes too long to decode.',
  processing_failed: 'The image could not be processed, although it was tried several times.',
} as const

export type RejectionReason = keyof typeof rejections

/** The image cannot be processed, and a retry cannot help. `message` is the sentence that the record keeps for the uploader. */
export class Rejection extends Error {
  override readonly name = 'Rejection'
  readonly reason: RejectionReason

  constructor(reason: RejectionReason, detail?: string, cause?: unknown) {
    super(detail ?? rejections[reason], { cause })
    this.reason = reason
  }
}
