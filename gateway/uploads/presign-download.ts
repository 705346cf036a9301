import type { S3Client } from '@aws-sdk/client-s3'
import { createPresigner, type PresignerOptions } from './presigner.ts'

export type PresignDownload = Awaited<ReturnType<typeof createPresignDownload>>

/**
 * Creates the function that presigns the download of one variant.
 *
 * The signing time is rounded down to a window of a quarter of the URL's lifetime. Within a window the same variant has the same
 * URL, so browsers find it in their cache. A new URL is valid for at least three quarters of the lifetime.
 */
export async function createPresignDownload(s3: S3Client, { ttlSeconds, ...options }: PresignerOptions) {
  const windowSeconds = Math.floor(ttlSeconds / 4)
  const presign = await createPresigner(s3, { ...options, ttlSeconds, windowSeconds })

  /**
   * @param key in the processed bucket
   * @param expiresAt epoch seconds: when the image expires. No URL outlives it, and no cache: S3 answers with it as `Expires`.
   */
  return function presignDownload(
    key: string,
    expiresAt: number,
  ): Promise<{ url: string; expiresAt: string }> {
    return presign('GET', key, { headers: {}, answerHeaders: cacheUntil(expiresAt), expiresAt })
  }
}

/**
 * The `Expires` header states a moment. `max-age` would count from each download, so a late download would be cached for too long.
 * The bytes behind a URL never change, because the key of a variant contains its recipe.
 */
const cacheUntil = (expiresAt: number) => ({
  'response-cache-control': 'private, immutable',
  'response-expires': new Date(expiresAt * 1_000).toUTCString(),
})
