import { sign } from 'node:crypto'
import { promisify } from 'node:util'
import { encodeRfc3986 } from '../../core/aws/sigv4.ts'
import { cacheUntil, type PresignDownload } from './presign-download.ts'
import { encodePath } from './query-presigner.ts'
import type { CdnKey } from './read-cdn-key.ts'

const signInBackground = promisify(sign)

interface CdnOptions extends CdnKey {
  /** Origin of the distribution, such as `https://images-cdn.example.com`. */
  url: string
  /** Maximum lifetime of a URL. */
  ttlSeconds: number
  /** Epoch milliseconds. */
  now: () => number
}

/**
 * Creates the function that signs the download of one variant for CloudFront, with the same lifetimes and windows as
 * `createPresignDownload`. Each signature covers the URL of one object, so it gives no access to other objects, of the same tenant or of
 * another one. It also covers the query, which CloudFront passes to S3: S3 then returns the image's expiry as `Expires`, so a cached object
 * never outlives its image.
 *
 * An RSA signature takes a few hundred microseconds, so it is computed in a background thread. Unlike an ECDSA
 * signature it is the same each time, so the URL stays the same and browsers can cache it.
 *
 * Source: AWS, "Create a signed URL using a canned policy" (Amazon CloudFront Developer Guide).
 */
export function createPresignCdnDownload(options: CdnOptions): PresignDownload {
  const { url: origin, keyPairId, privateKey, ttlSeconds, now } = options
  const windowMs = Math.floor(ttlSeconds / 4) * 1_000

  return async function presignDownload(key, expiresAt) {
    const nowMs = now()
    const opensAt = Math.floor((nowMs - (nowMs % windowMs)) / 1_000)
    const endsAt = Math.min(opensAt + ttlSeconds, expiresAt)
    const query = Object.entries(cacheUntil(expiresAt, 'shared'))
      .map(([name, value]) => `${name}=${encodeRfc3986(value)}`)
      .join('&')
    const resource = `${origin}/${encodePath(key)}?${query}`
    const policy = `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${endsAt}}}}]}`
    const signature = await signInBackground('RSA-SHA1', Buffer.from(policy), privateKey)
    return {
      url: `${resource}&Expires=${endsAt}&Signature=${encodeForUrl(signature)}&Key-Pair-Id=${keyPairId}`,
      expiresAt: new Date(endsAt * 1_000).toISOString(),
    }
  }
}

/** Base64 with CloudFront's own replacements for characters that are special in a query. */
function encodeForUrl(signature: Buffer): string {
  return signature.toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~')
}
