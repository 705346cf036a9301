import { sendXml } from '../http/respond.ts'
import { S3Error } from '../http/s3-error.ts'
import type { Operation, VerifiedRequest } from '../s3-context.ts'
import { pageKeys } from './page-keys.ts'

const maxKeysLimit = 1000

/** ListObjectsV2. Reads the names of the whole bucket for every page: suitable for development only. */
export const listObjects: Operation = async (request, response, { store }) => {
  const { bucket, query } = request
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const startAfter = query.get('start-after') ?? ''
  const token = query.get('continuation-token')
  const maxKeys = readMaxKeys(query.get('max-keys'))
  const encode = chooseEncoding(request)

  const after = token === null ? startAfter : Buffer.from(token, 'base64url').toString()
  const page = pageKeys(await store.listKeys(bucket), { prefix, delimiter, after, maxKeys })
  const contents = []
  for (const key of page.keys) {
    const head = await store.findHead(bucket, key)
    if (!head) continue // deleted since the names were read
    contents.push({
      Key: encode(key),
      LastModified: new Date(head.lastModifiedMs).toISOString(),
      ETag: `"${head.etag}"`,
      Size: head.byteLength,
      StorageClass: 'STANDARD',
    })
  }
  sendXml(response, 'ListBucketResult', {
    Name: bucket,
    Prefix: encode(prefix),
    ...(delimiter && { Delimiter: encode(delimiter) }),
    ...(startAfter && { StartAfter: encode(startAfter) }),
    ...(token !== null && { ContinuationToken: token }),
    ...(page.next !== undefined && { NextContinuationToken: Buffer.from(page.next).toString('base64url') }),
    ...(query.has('encoding-type') && { EncodingType: 'url' }),
    KeyCount: contents.length + page.commonPrefixes.length,
    MaxKeys: maxKeys,
    IsTruncated: page.next !== undefined,
    Contents: contents,
    CommonPrefixes: page.commonPrefixes.map((Prefix) => ({ Prefix: encode(Prefix) })),
  })
}

function readMaxKeys(text: string | null): number {
  if (text === null) return maxKeysLimit
  if (!/^\d{1,9}$/.test(text)) throw new S3Error('InvalidArgument', 'max-keys must be a whole number.')
  return Math.min(Number(text), maxKeysLimit)
}

function chooseEncoding({ query }: VerifiedRequest): (text: string) => string {
  const encodingType = query.get('encoding-type')
  if (encodingType === null) return (text) => text
  if (encodingType !== 'url')
    throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request')
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/')
}
