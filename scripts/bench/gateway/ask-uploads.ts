import { hash } from 'node:crypto'
import { key } from './settings.ts'

const maxBatchItems = 100

let asked = 0

/** The next upload request, each for a different image. */
function nextUpload() {
  return {
    sha256: hash('sha256', String(asked++)),
    byteLength: 348_712,
    contentType: 'image/jpeg',
    fileName: 'harbour.jpg',
  }
}

/** One upload request as HTTP/1.1 text. */
export function askUploads(host: string): string {
  return writeRequest(host, 'POST /v1/uploads', nextUpload())
}

/** One batch request for 100 uploads. */
export function askUploadBatches(host: string): string {
  return writeRequest(host, 'POST /v1/uploads/batch', {
    uploads: Array.from({ length: maxBatchItems }, nextUpload),
  })
}

/** A request with the API key as HTTP/1.1 text in ASCII. @param line method and path */
export function writeRequest(host: string, line: string, content?: object): string {
  const body = content ? JSON.stringify(content) : ''
  return [
    `${line} HTTP/1.1`,
    `host: ${host}`,
    `authorization: Bearer ${key.text}`,
    ...(content ? ['content-type: application/json', `content-length: ${body.length}`] : []),
    'accept: application/json',
    'user-agent: hashgate-bench',
    '',
    body,
  ].join('\r\n')
}
