import { S3Error } from '../http/s3-error.ts'
import { readHeader, type S3Request } from '../http/s3-request.ts'

const standardHeaders = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
]
const maxKeyBytes = 1024
const maxUserMetadataBytes = 2048

/** The headers that are stored with an object and returned unchanged. Throws `MetadataTooLarge`. */
export function readStoredHeaders(request: S3Request): Record<string, string> {
  const stored: Record<string, string> = { 'content-type': 'binary/octet-stream' }
  let userMetadataBytes = 0
  for (const name of Object.keys(request.message.headers)) {
    const isUserMetadata = name.startsWith('x-amz-meta-')
    if (!isUserMetadata && !standardHeaders.includes(name)) continue
    const value = readHeader(request, name) ?? ''
    stored[name] = value
    if (isUserMetadata) userMetadataBytes += name.length - 'x-amz-meta-'.length + value.length
  }
  if (userMetadataBytes > maxUserMetadataBytes) throw new S3Error('MetadataTooLarge')
  return stored
}

export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > maxKeyBytes) throw new S3Error('KeyTooLongError')
}

/** The condition of a write. */
export interface WriteCondition {
  /** `If-None-Match: *`. S3 supports no other value for writes. */
  ifAbsent: boolean
  /** `If-Match`: the ETag that the object must have, without quotes. */
  ifMatch?: string
}

/** Throws `NotImplemented` for conditions that S3 does not support. */
export function readWriteCondition(request: S3Request): WriteCondition {
  const ifNoneMatch = readHeader(request, 'if-none-match')
  const ifMatch = readHeader(request, 'if-match')
  if (ifNoneMatch !== undefined && ifMatch !== undefined)
    throw new S3Error('NotImplemented', 'A write has either If-Match or If-None-Match.')
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
    throw new S3Error('NotImplemented', 'If-None-Match on a write must be *.')
  return { ifAbsent: ifNoneMatch === '*', ifMatch: ifMatch?.replaceAll('"', '') }
}
