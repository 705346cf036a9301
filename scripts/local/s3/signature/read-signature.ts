import { S3Error } from '../http/s3-error.ts'
import { readHeader, type S3Request } from '../http/s3-request.ts'

/** The signature and its parameters as sent in the headers or the query, not yet verified. */
export interface SignatureClaim {
  place: 'header' | 'query'
  accessKeyId: string
  /** `‹date›/‹region›/‹service›/aws4_request` */
  scope: string
  /** Lower case, as named by the client. */
  signedHeaders: string[]
  /** 64 hex digits. */
  signature: string
  /** `20261122T120000Z` */
  longDate: string
  signedAt: Date
  /** Only in the query: 1 to 604,800. */
  expiresInSeconds?: number
  /** SHA-256 of the body in hex, or `UNSIGNED-PAYLOAD`, or `STREAMING-…`. */
  payloadHash: string
}

const algorithm = 'AWS4-HMAC-SHA256'
const maxExpiresInSeconds = 7 * 24 * 60 * 60

/**
 * Throws `AccessDenied` for an anonymous request and S3's own codes for a malformed signature.
 * Source: "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference.
 */
export function readSignature(request: S3Request): SignatureClaim {
  const authorization = readHeader(request, 'authorization')
  const inQuery = request.query.has('X-Amz-Algorithm') || request.query.has('X-Amz-Signature')
  if (authorization !== undefined && inQuery)
    throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed.')
  if (authorization !== undefined) return readFromHeader(request, authorization)
  if (inQuery) return readFromQuery(request)
  throw new S3Error('AccessDenied')
}

function readFromHeader(request: S3Request, authorization: string): SignatureClaim {
  const match = authorization.match(
    /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/,
  )
  if (!match) throw new S3Error('AuthorizationHeaderMalformed')
  const longDate = readHeader(request, 'x-amz-date')
  const signedAt = parseLongDate(longDate)
  if (!longDate || !signedAt)
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid x-amz-date header.')
  const payloadHash = readHeader(request, 'x-amz-content-sha256')
  if (!payloadHash)
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
  return {
    place: 'header',
    ...splitCredential(match[1] as string),
    signedHeaders: (match[2] as string).split(';'),
    signature: match[3] as string,
    longDate,
    signedAt,
    payloadHash,
  }
}

function readFromQuery(request: S3Request): SignatureClaim {
  const longDate = readParameter(request, 'X-Amz-Date')
  const signedAt = parseLongDate(longDate)
  const expires = readParameter(request, 'X-Amz-Expires')
  const expiresInSeconds = Number(expires)
  const signature = readParameter(request, 'X-Amz-Signature')
  if (readParameter(request, 'X-Amz-Algorithm') !== algorithm) throw malformed('X-Amz-Algorithm')
  if (!signedAt) throw malformed('X-Amz-Date')
  if (!/^[0-9a-f]{64}$/.test(signature)) throw malformed('X-Amz-Signature')
  if (!/^\d{1,6}$/.test(expires) || expiresInSeconds < 1 || expiresInSeconds > maxExpiresInSeconds)
    throw malformed('X-Amz-Expires')
  return {
    place: 'query',
    ...splitCredential(readParameter(request, 'X-Amz-Credential')),
    signedHeaders: readParameter(request, 'X-Amz-SignedHeaders').split(';'),
    signature,
    longDate,
    signedAt,
    expiresInSeconds,
    // The body is unknown when a URL is presigned, so S3 uses this constant unless the URL has another value.
    payloadHash:
      request.query.get('X-Amz-Content-Sha256') ??
      readHeader(request, 'x-amz-content-sha256') ??
      'UNSIGNED-PAYLOAD',
  }
}

/** A repeated parameter is refused as ambiguous. */
function readParameter(request: S3Request, name: string): string {
  const [value, ...more] = request.query.getAll(name)
  if (value === undefined || more.length > 0) throw malformed(name)
  return value
}

function malformed(parameter: string): S3Error {
  return new S3Error(
    'AuthorizationQueryParametersError',
    `The query parameter ${parameter} is missing or malformed.`,
  )
}

function splitCredential(credential: string): { accessKeyId: string; scope: string } {
  const slash = credential.indexOf('/')
  return { accessKeyId: credential.slice(0, slash), scope: credential.slice(slash + 1) }
}

function parseLongDate(longDate: string | undefined): Date | undefined {
  const match = longDate?.match(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/)
  if (!match) return undefined
  const date = new Date(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}Z`)
  return Number.isNaN(date.getTime()) ? undefined : date
}
