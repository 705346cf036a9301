import { timingSafeEqual } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import { SigningHash } from '../../../../core/aws/signing-hash.ts'
import { S3Error } from '../http/s3-error.ts'
import { readHeader, type S3Request } from '../http/s3-request.ts'
import { readSignature, type SignatureClaim } from './read-signature.ts'

const payloadHashHeader = 'x-amz-content-sha256'
const maxSkewMs = 15 * 60 * 1000

/**
 * Verifies a request as S3 does: the SDK's signer signs the received request with the headers that the client signed,
 * and both signatures must be equal. The signer rewrites its own parameters (it sorts `X-Amz-SignedHeaders`, for example),
 * while S3 signs them as sent, so they must be equal too.
 * @returns a function that resolves to the signed payload hash, which the body still has to match
 */
export function createSignatureVerifier(options: {
  accessKeyId: string
  secretAccessKey: string
  region: string
  now: () => number
}) {
  const { accessKeyId, secretAccessKey, region, now } = options
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey },
    region,
    service: 's3',
    sha256: SigningHash,
    uriEscapePath: false,
    applyChecksum: false,
  })

  return async function verifySignature(request: S3Request): Promise<string> {
    const claim = readSignature(request)
    checkCredential(request, claim, accessKeyId, region)
    checkTime(claim, now())
    checkSignedHeaders(request, claim)
    if (!(await matchesOurs(signer, request, claim))) throw new S3Error('SignatureDoesNotMatch')
    return claim.payloadHash
  }
}

function checkCredential(
  request: S3Request,
  claim: SignatureClaim,
  accessKeyId: string,
  region: string,
): void {
  // These keys are static, so a session token cannot belong to them.
  if (request.query.has('X-Amz-Security-Token') || readHeader(request, 'x-amz-security-token'))
    throw new S3Error('InvalidToken')
  if (claim.accessKeyId !== accessKeyId)
    throw new S3Error('InvalidAccessKeyId', undefined, { AWSAccessKeyId: claim.accessKeyId })
  const scope = `${claim.longDate.slice(0, 8)}/${region}/s3/aws4_request`
  if (claim.scope !== scope) throw malformed(claim, `the credential scope must be ${scope}`)
}

function checkTime(claim: SignatureClaim, nowMs: number): void {
  const ageMs = nowMs - claim.signedAt.getTime()
  if (claim.expiresInSeconds === undefined) {
    if (Math.abs(ageMs) > maxSkewMs) throw new S3Error('RequestTimeTooSkewed')
    return
  }
  if (ageMs < -maxSkewMs) throw new S3Error('AccessDenied', 'Request is not yet valid')
  if (ageMs > claim.expiresInSeconds * 1000)
    throw new S3Error('AccessDenied', 'Request has expired', {
      'X-Amz-Expires': String(claim.expiresInSeconds),
      Expires: new Date(claim.signedAt.getTime() + claim.expiresInSeconds * 1000).toISOString(),
      ServerTime: new Date(nowMs).toISOString(),
    })
}

function checkSignedHeaders(request: S3Request, claim: SignatureClaim): void {
  if (!claim.signedHeaders.includes('host')) throw malformed(claim, 'host must be signed')
  const unsigned = Object.keys(request.message.headers).filter(
    (name) => name.startsWith('x-amz-') && !claim.signedHeaders.includes(name),
  )
  if (unsigned.length > 0)
    throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
      HeadersNotSigned: unsigned.join(', '),
    })
}

/** Signs the received request and compares the signatures, and what they cover, with the received ones. */
async function matchesOurs(signer: SignatureV4, request: S3Request, claim: SignatureClaim): Promise<boolean> {
  const signedHeaders = new Set(claim.signedHeaders)
  const query = canonicalQuery(request.query)
  const rebuilt = new HttpRequest({
    method: request.method,
    path: canonicalPath(request),
    query,
    // The signer takes the payload hash from this header, whether or not the header itself was signed.
    headers: { ...pickHeaders(request, signedHeaders), [payloadHashHeader]: claim.payloadHash },
  })
  const options = {
    signingDate: claim.signedAt,
    signableHeaders: signedHeaders,
    unsignableHeaders: new Set([payloadHashHeader]),
  }
  if (claim.place === 'header') {
    const { authorization = '' } = (await signer.sign(rebuilt, options)).headers
    const [, names = '', signature = ''] = /SignedHeaders=(.*), Signature=(.*)$/.exec(authorization) ?? []
    return names === claim.signedHeaders.join(';') && isEqual(signature, claim.signature)
  }
  const unhoistableHeaders = new Set([...signedHeaders, payloadHashHeader])
  const expiresIn = claim.expiresInSeconds
  const ours = await signer.presign(rebuilt, { ...options, expiresIn, unhoistableHeaders })
  const { 'X-Amz-Signature': signature, ...parameters } = ours.query ?? {}
  return isDeepStrictEqual({ ...parameters }, { ...query }) && isEqual(String(signature), claim.signature)
}

/** Omits headers that were signed but not sent, so that the signatures differ. */
function pickHeaders(request: S3Request, names: Set<string>): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = readHeader(request, name)
    if (value !== undefined) picked[name] = value
  }
  return picked
}

/** S3 decodes the path and encodes it canonically, so clients may escape different characters. */
function canonicalPath({ path }: S3Request): string {
  return path.split('/').map(escapeSegment).join('/')
}

function escapeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function canonicalQuery(query: URLSearchParams): Record<string, string | string[]> {
  const names = new Set(query.keys())
  names.delete('X-Amz-Signature')
  return Object.fromEntries(
    [...names].map((name) => {
      const values = query.getAll(name)
      return [name, values.length === 1 ? (values[0] as string) : values]
    }),
  )
}

function malformed(claim: SignatureClaim, reason: string): S3Error {
  if (claim.place === 'header')
    return new S3Error('AuthorizationHeaderMalformed', `The authorization header is malformed; ${reason}.`)
  return new S3Error('AuthorizationQueryParametersError', `Error parsing the X-Amz-* parameters; ${reason}.`)
}

function isEqual(left: string, right: string): boolean {
  const [leftBytes, rightBytes] = [Buffer.from(left), Buffer.from(right)]
  return leftBytes.length === rightBytes.length && timingSafeEqual(leftBytes, rightBytes)
}
