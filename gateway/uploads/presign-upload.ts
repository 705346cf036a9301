import type { S3Client } from '@aws-sdk/client-s3'
import type { ImageRecord } from '../../core/images/image-record.ts'
import { traceparent } from '../../core/telemetry/with-span.ts'
import { createPresigner, type PresignerOptions } from './presigner.ts'

export interface PresignedUpload {
  method: 'PUT'
  url: string
  /** The headers that the PUT must send exactly as given. */
  headers: Record<string, string>
  /** RFC 3339, UTC. */
  expiresAt: string
  expiresInSeconds: number
}

export type PresignUpload = Awaited<ReturnType<typeof createPresignUpload>>

/**
 * Creates the function that presigns the upload of one image. S3 enforces only what is in `X-Amz-SignedHeaders`, so length, type,
 * checksum and "do not overwrite" are all signed headers. Decision 0034 explains why headers such as `content-encoding` are not.
 * Source: AWS, "Checking object integrity" and "Conditional writes" in the S3 user guide.
 */
export async function createPresignUpload(s3: S3Client, options: PresignerOptions) {
  const presign = await createPresigner(s3, options)

  /** @param key in the raw bucket */
  return async function presignUpload(
    key: string,
    image: Pick<ImageRecord, 'imageId' | 'byteLength' | 'contentType' | 'expiresAt'>,
  ): Promise<PresignedUpload> {
    const trace = traceparent()
    const headers = {
      'content-length': String(image.byteLength),
      'content-type': image.contentType,
      'if-none-match': '*',
      'x-amz-checksum-sha256': Buffer.from(image.imageId, 'hex').toString('base64'),
      // Carries the trace through the store to the processor.
      ...(trace && { 'x-amz-meta-traceparent': trace }),
    }
    return { method: 'PUT', headers, ...(await presign('PUT', key, { headers, expiresAt: image.expiresAt })) }
  }
}
