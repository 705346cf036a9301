import { type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { encodeRfc3986 } from '../../core/aws/sigv4.ts'
import { cacheUntil, type PresignDownload } from './presign-download.ts'
import { encodePath } from './query-presigner.ts'

const signInBackground = promisify(sign)

interface CdnOptions {
  /** Origin of the distribution, such as `https://images-cdn.example.com`. */
  url: string
  /** Id of the public key in CloudFront. */
  keyPairId: string
  privateKey: KeyObject
  /** Maximum lifetime of a URL. */
  ttlSeconds: number
  /** Epoch milliseconds. */
  now: () => number
}

/**
 * Creates the function that signs the download of one variant for CloudFront, with the same lifetimes and windows as
 * `createPresignDownload`. Each signature covers the URL of one object, so it opens neither another tenant's objects nor another object of
 * the same tenant. It covers the query, too: CloudFront passes it to S3, which answers with the image's expiry as `Expires`. So a cached
 * object never outlives its image.
 *
 * An RSA signature takes a few hundred microseconds, so it is computed in a background thread. It is always the same for the same URL, which
 * browsers need for their caches; an ECDSA signature is not.
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
