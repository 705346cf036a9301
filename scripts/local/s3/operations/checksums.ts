import { S3Error } from '../http/s3-error.ts'
import { readHeader, type S3Request } from '../http/s3-request.ts'
import type { DigestName, StagedFile } from '../store/staged-file.ts'

const checksumHeaders = {
  'x-amz-checksum-sha256': { digest: 'sha256', byteLength: 32 },
  'x-amz-checksum-sha1': { digest: 'sha1', byteLength: 20 },
  'x-amz-checksum-crc32': { digest: 'crc32', byteLength: 4 },
} as const satisfies Record<string, { digest: DigestName; byteLength: number }>

type ChecksumHeader = keyof typeof checksumHeaders

/** The checksums that a client declared for its body. */
export interface DeclaredBody {
  /** Header name to base64. */
  checksums: Partial<Record<ChecksumHeader, string>>
  contentMd5?: string
  /** Hex, from the signature; undefined for `UNSIGNED-PAYLOAD`. */
  payloadSha256?: string
}

/**
 * Only headers count: a checksum that was moved into a presigned URL's query is ignored, as S3 does not reliably
 * check it there.
 */
export function readDeclaredBody(request: S3Request, payloadHash: string): DeclaredBody {
  refuseUnknownChecksums(request)
  if (
    payloadHash.startsWith('STREAMING-') ||
    readHeader(request, 'content-encoding')?.includes('aws-chunked')
  )
    throw new S3Error('NotImplemented', 'This local S3 does not read aws-chunked bodies (STREAMING-*).')
  if (payloadHash !== 'UNSIGNED-PAYLOAD' && !/^[0-9a-f]{64}$/.test(payloadHash))
    throw new S3Error('InvalidArgument', 'x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a SHA-256 in hex.')
  const contentMd5 = readHeader(request, 'content-md5')
  if (contentMd5 !== undefined && !isBase64(contentMd5, 16)) throw new S3Error('InvalidDigest')
  return {
    checksums: readChecksums(request),
    contentMd5,
    payloadSha256: payloadHash === 'UNSIGNED-PAYLOAD' ? undefined : payloadHash,
  }
}

/** The digests that must be computed while the body arrives. MD5 always: it is the ETag. */
export function digestsToCompute(declared: DeclaredBody): DigestName[] {
  const names = new Set<DigestName>(['md5'])
  for (const header of Object.keys(declared.checksums))
    names.add(checksumHeaders[header as ChecksumHeader].digest)
  if (declared.payloadSha256) names.add('sha256')
  return [...names]
}

/** Throws `BadDigest` or `XAmzContentSHA256Mismatch` unless the body is what was declared. */
export function checkDigests(declared: DeclaredBody, digests: ReturnType<StagedFile['digests']>): void {
  for (const [header, expected] of Object.entries(declared.checksums)) {
    const { digest } = checksumHeaders[header as ChecksumHeader]
    if (digests[digest].toString('base64') !== expected)
      throw new S3Error(
        'BadDigest',
        `The ${digest.toUpperCase()} you specified did not match what we received.`,
      )
  }
  if (declared.contentMd5 !== undefined && digests.md5.toString('base64') !== declared.contentMd5)
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.')
  if (declared.payloadSha256 !== undefined && digests.sha256.toString('hex') !== declared.payloadSha256)
    throw new S3Error('XAmzContentSHA256Mismatch')
}

function readChecksums(request: S3Request): DeclaredBody['checksums'] {
  const checksums: DeclaredBody['checksums'] = {}
  for (const [header, { byteLength }] of Object.entries(checksumHeaders)) {
    const value = readHeader(request, header)
    if (value === undefined) continue
    if (!isBase64(value, byteLength))
      throw new S3Error('InvalidRequest', `Value for ${header} header is invalid.`)
    checksums[header as ChecksumHeader] = value
  }
  return checksums
}

function refuseUnknownChecksums(request: S3Request): void {
  const notDigests = ['x-amz-checksum-algorithm', 'x-amz-checksum-mode', 'x-amz-checksum-type']
  for (const name of Object.keys(request.message.headers)) {
    if (!name.startsWith('x-amz-checksum-') || name in checksumHeaders || notDigests.includes(name)) continue
    throw new S3Error('NotImplemented', `This local S3 does not check ${name}.`)
  }
}

/** Node ignores what is not base64, so the text is compared with its own re-encoding. */
function isBase64(text: string, byteLength: number): boolean {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === byteLength && bytes.toString('base64') === text
}
