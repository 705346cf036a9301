import {
  algorithm,
  createSigv4Signer,
  encodeRfc3986,
  type SignedHeader,
  type SigningCredentials,
  signedHeaderNames,
} from '../../core/aws/sigv4.ts'

/** The address of a bucket: `https://raw.s3.us-east-1.amazonaws.com` has no base path, `http://127.0.0.1:9000/raw` has `/raw`. */
export interface BucketAddress {
  origin: string
  /** Host name, with the port unless it is the default one. */
  host: string
  basePath: string
  /** The region that the signature is valid in. */
  region: string
}

/** Headers of S3's response to a GET. Source: AWS, "GetObject" (Amazon S3 API Reference), "Overriding response header values". */
export type AnswerHeaders = Partial<Record<'response-cache-control' | 'response-expires', string>>

export interface PresignOptions {
  method: 'GET' | 'PUT'
  /** Object key. */
  key: string
  /** Headers that the client must send exactly as given; all of them are signed. Names in lower case. */
  headers: Record<string, string>
  /** Response headers to set, for GET only, sorted by name. */
  answerHeaders?: AnswerHeaders
  credentials: SigningCredentials
  /** Epoch milliseconds. */
  nowMs: number
  expiresInSeconds: number
}

/** The operation names that the SDK adds to presigned URLs. */
const operationNames = { GET: 'GetObject', PUT: 'PutObject' }
/** The client sends the body, so the signature cannot cover it. */
const bodyHash = 'UNSIGNED-PAYLOAD'

/**
 * Creates the function that presigns S3 requests to one bucket. Its URLs are byte-identical to those of `S3RequestPresigner`; a
 * test compares them.
 *
 * Source: AWS, "Authenticating Requests: Using Query Parameters" (Amazon S3 API Reference).
 */
export function createQueryPresigner({ origin, host, basePath, region }: BucketAddress) {
  const signer = createSigv4Signer({ region, service: 's3' })
  const hostHeader = ['host', host] as const

  return function presignUrl(options: PresignOptions): string {
    const { method, key, credentials, nowMs, expiresInSeconds } = options
    const path = `${basePath}/${encodePath(key)}`
    const headers = [...Object.entries(options.headers), hostHeader].sort(byName)
    const time = signer.scopeAt(nowMs)
    const { accessKeyId, secretAccessKey, sessionToken } = credentials
    // The signature is inserted between the two parts, each of which is in canonical order.
    const before =
      `X-Amz-Algorithm=${algorithm}&X-Amz-Content-Sha256=${bodyHash}` +
      `&X-Amz-Credential=${encodeRfc3986(`${accessKeyId}/${time.scope}`)}` +
      `&X-Amz-Date=${time.amzDate}&X-Amz-Expires=${expiresInSeconds}` +
      (sessionToken ? `&X-Amz-Security-Token=${encodeRfc3986(sessionToken)}` : '')
    const names = signedHeaderNames(headers).replaceAll(';', '%3B')
    const answer = Object.entries(options.answerHeaders ?? {})
      .map(([name, value]) => `&${name}=${encodeRfc3986(value)}`)
      .join('')
    const after = `X-Amz-SignedHeaders=${names}${answer}&x-id=${operationNames[method]}`
    const query = `${before}&${after}`
    const signature = signer.sign(secretAccessKey, time, { method, path, query, headers, bodyHash })
    return `${origin}${path}?${before}&X-Amz-Signature=${signature}&${after}`
  }
}

/** Encodes an object key for the path of a URL. */
export function encodePath(key: string): string {
  return /^[\w.~/-]*$/.test(key) ? key : key.split('/').map(encodeRfc3986).join('/')
}

const byName = ([a]: SignedHeader, [b]: SignedHeader) => (a < b ? -1 : 1)
