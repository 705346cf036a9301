import { hash } from 'node:crypto'
import { key } from './settings.ts'

const contentType = 'image/jpeg'
const fileName = 'harbour.jpg'
const byteLength = 348_712

let asked = 0

/** The next request for an upload, as HTTP/1.1 text. No two are for the same image. */
export function askUploads(host: string): string {
  const sha256 = hash('sha256', String(asked++))
  const body = JSON.stringify({ sha256, byteLength, contentType, fileName })
  return [
    'POST /v1/uploads HTTP/1.1',
    `host: ${host}`,
    `authorization: Bearer ${key.text}`,
    'content-type: application/json',
    'accept: application/json',
    'user-agent: hashgate-bench',
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
}
