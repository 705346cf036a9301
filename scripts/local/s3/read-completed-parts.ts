import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { S3Error } from './s3-error.ts'

export interface CompletedPart {
  partNumber: number
  /** MD5 in hex, without quotes. */
  etag: string
}

const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name) => name === 'Part',
})

/** The parts named in the body of CompleteMultipartUpload. Throws `MalformedXML` and `InvalidPartOrder`. */
export function readCompletedParts(xml: string): CompletedPart[] {
  if (XMLValidator.validate(xml) !== true) throw new S3Error('MalformedXML')
  const parts: unknown = parser.parse(xml)?.CompleteMultipartUpload?.Part
  if (!Array.isArray(parts) || parts.length === 0) throw new S3Error('MalformedXML')
  const completed = parts.map(readPart)
  const isAscending = completed.every(
    (part, index) => index === 0 || part.partNumber > (completed[index - 1]?.partNumber ?? 0),
  )
  if (!isAscending) throw new S3Error('InvalidPartOrder')
  return completed
}

function readPart(part: { PartNumber?: unknown; ETag?: unknown }): CompletedPart {
  const partNumber = Number(part?.PartNumber)
  if (!Number.isInteger(partNumber) || typeof part?.ETag !== 'string') throw new S3Error('MalformedXML')
  return { partNumber, etag: part.ETag.replaceAll('"', '').replaceAll('&quot;', '') }
}
