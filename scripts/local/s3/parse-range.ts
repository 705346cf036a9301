import { S3Error } from './s3-error.ts'

/**
 * A single byte range (RFC 9110, section 14.1.2). Undefined when the whole object is meant: no header, or one that
 * this server does not understand, such as several ranges at once. Throws `InvalidRange`.
 */
export function parseRange(
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
