import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { cacheCredentials } from '../../core/aws/cache-credentials.ts'
import { type AnswerHeaders, type BucketAddress, createQueryPresigner } from './query-presigner.ts'

export interface PresignerOptions {
  bucket: string
  /** Maximum lifetime of a URL. It also expires with the credentials that signed it. */
  ttlSeconds: number
  /** The signing time is rounded down to a multiple of this. 1 by default. */
  windowSeconds?: number
  /** Epoch milliseconds. */
  now: () => number
}

interface PresignRequest {
  headers: Record<string, string>
  /** Headers that S3 sets on its response to a GET, such as `response-expires`. */
  answerHeaders?: AnswerHeaders
  /** Epoch seconds: when the image expires. No URL outlives it. */
  expiresAt: number
}

/**
 * Creates the function that presigns requests to one bucket. The SDK presigns one URL first, to find the bucket's address and
 * region. The returned function signs every other URL itself, because the SDK runs its whole middleware for each.
 */
export async function createPresigner(
  s3: S3Client,
  { bucket, ttlSeconds, windowSeconds = 1, now }: PresignerOptions,
) {
  const presignUrl = createQueryPresigner(await findBucketAddress(s3, bucket))
  const findCredentials = cacheCredentials(s3.config.credentials)

  return async function presign(
    method: 'GET' | 'PUT',
    key: string,
    { headers, answerHeaders, expiresAt }: PresignRequest,
  ): Promise<{ url: string; expiresAt: string; expiresInSeconds: number }> {
    const nowMs = roundDown(now(), windowSeconds * 1_000)
    const credentials = await findCredentials()
    const expiresInSeconds = Math.min(
      ttlSeconds,
      secondsUntil(credentials.expiration?.getTime(), nowMs),
      secondsUntil(expiresAt * 1_000, nowMs),
    )
    return {
      url: presignUrl({ method, key, headers, answerHeaders, credentials, nowMs, expiresInSeconds }),
      expiresAt: new Date(nowMs + expiresInSeconds * 1_000).toISOString(),
      expiresInSeconds,
    }
  }
}

/** Reads the address and the signing region from a URL of the SDK, which covers all partitions and endpoints. */
export async function findBucketAddress(s3: S3Client, bucket: string): Promise<BucketAddress> {
  const url = new URL(await getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket, Key: 'key' })))
  const [, , region = ''] = url.searchParams.get('X-Amz-Credential')?.split('/') ?? []
  return { origin: url.origin, host: url.host, basePath: url.pathname.replace(/\/key$/, ''), region }
}

const roundDown = (value: number, step: number) => value - (value % step)

/** @param moment epoch milliseconds */
function secondsUntil(moment: number | undefined, nowMs: number): number {
  return moment === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor((moment - nowMs) / 1_000))
}
