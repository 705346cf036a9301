import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { sendEmpty } from '../http/respond.ts'
import { S3Error } from '../http/s3-error.ts'
import { readHeader } from '../http/s3-request.ts'
import type { Operation, VerifiedRequest } from '../s3-context.ts'
import type { ObjectHead } from '../store/object-file.ts'

const readChunkBytes = 512 * 1024

/** GetObject and HeadObject: the same answer, with or without the bytes. */
export const getObject: Operation = async (request, response, { store }) => {
  const { file, head } = await store.openObject(request.bucket, request.key)
  try {
    if (isNotModified(request, head)) return sendEmpty(response, 304, { etag: `"${head.etag}"` })
    const range = parseRange(readHeader(request, 'range'), head.byteLength)
    const { start, byteLength } = range ?? { start: 0, byteLength: head.byteLength }
    // A checksum covers the whole object, so a client that compares it with a part would fail.
    const checksums = byteLength === head.byteLength ? head.checksums : {}
    setObjectHeaders(request, response, { ...head, checksums })
    if (range)
      response.setHeader('content-range', `bytes ${start}-${start + byteLength - 1}/${head.byteLength}`)
    response.setHeader('content-length', byteLength)
    response.writeHead(range ? 206 : 200)
    if (request.method === 'HEAD' || byteLength === 0) return void response.end()
    const end = start + byteLength - 1
    await pipeline(file.createReadStream({ start, end, highWaterMark: readChunkBytes }), response)
  } finally {
    await file.close()
  }
}

function isNotModified(request: VerifiedRequest, { etag }: ObjectHead): boolean {
  const ifMatch = readHeader(request, 'if-match')
  if (ifMatch !== undefined && !matchesEtag(ifMatch, etag))
    throw new S3Error('PreconditionFailed', undefined, { Condition: 'If-Match' })
  const ifNoneMatch = readHeader(request, 'if-none-match')
  return ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, etag)
}

function matchesEtag(condition: string, etag: string): boolean {
  return condition.split(',').some((one) => one.trim() === '*' || one.trim().replaceAll('"', '') === etag)
}

function setObjectHeaders(request: VerifiedRequest, response: ServerResponse, head: ObjectHead): void {
  const wantsChecksum = readHeader(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED'
  const headers = {
    ...head.headers,
    ...(wantsChecksum && head.checksums),
    etag: `"${head.etag}"`,
    'last-modified': new Date(head.lastModifiedMs).toUTCString(),
    'accept-ranges': 'bytes',
    ...readOverrides(request),
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}

/** `response-content-type=image/webp` in a signed URL answers with that header instead of the stored one. */
function readOverrides({ query }: VerifiedRequest): Record<string, string> {
  const overrides: Record<string, string> = {}
  for (const [name, value] of query) {
    if (!name.startsWith('response-')) continue
    if (/[^\t\x20-\x7e]/.test(value)) throw new S3Error('InvalidArgument', `${name} is not a header value.`)
    overrides[name.slice('response-'.length)] = value
  }
  return overrides
}

/**
 * A single byte range (RFC 9110, section 14.1.2). Undefined for the whole object: without a header, or with
 * an unsupported one, such as several ranges. Throws `InvalidRange`.
 */
function parseRange(
  header: string | undefined,
  objectBytes: number,
): { start: number; byteLength: number } | undefined {
  const match = header?.match(/^bytes=(\d*)-(\d*)$/)
  if (!match || (!match[1] && !match[2])) return undefined
  const [, first, last] = match
  if (first && last && Number(last) < Number(first)) return undefined
  const start = first ? Number(first) : Math.max(0, objectBytes - Number(last))
  const end = first && last ? Math.min(Number(last), objectBytes - 1) : objectBytes - 1
  if (start > end)
    throw new S3Error('InvalidRange', undefined, {
      RangeRequested: match[0],
      ActualObjectSize: String(objectBytes),
    })
  return { start, byteLength: end - start + 1 }
}
