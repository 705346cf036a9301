import type { S3Client } from '@aws-sdk/client-s3'
import { createPresigner, type PresignerOptions } from './presigner.ts'

/**
 * @param key in the processed bucket
 * @param expiresAt epoch seconds: when the image expires. No URL outlives it, and no cache: S3 answers with it as `Expires`.
 * @returns the URL and when it expires (RFC 3339, UTC)
 */
export type PresignDownload = (key: string, expiresAt: number) => Promise<{ url: string; expiresAt: string }>

/**
 * Creates the function that presigns the download of one variant.
 *
 * The signing time is rounded down to a window of a quarter of the URL's lifetime. Within a window the same variant has the same
 * URL, so browsers find it in their cache. A new URL is valid for at least three quarters of the lifetime.
 */
export async function createPresignDownload(
  s3: S3Client,
  { ttlSeconds, ...options }: PresignerOptions,
): Promise<PresignDownload> {
  const windowSeconds = Math.floor(ttlSeconds / 4)
  const presign = await createPresigner(s3, { ...options, ttlSeconds, windowSeconds })

  return function presignDownload(key, expiresAt) {
    return presign('GET', key, { headers: {}, answerHeaders: cacheUntil(expiresAt, 'private'), expiresAt })
  }
}

/**
 * The `Expires` header states a moment. `max-age` would count from each download, so a late download would be cached for too long.
 * The bytes behind a URL never change, because the key of a variant contains its recipe.
 * @param expiresAt epoch seconds
 * @param caches `private`: only browsers may store the response. `shared`: a content delivery network may, too.
 */
export const cacheUntil = (expiresAt: number, caches: 'private' | 'shared') => ({
  'response-cache-control': caches === 'private' ? 'private, immutable' : 'immutable',
  'response-expires': new Date(expiresAt * 1_000).toUTCString(),
})
