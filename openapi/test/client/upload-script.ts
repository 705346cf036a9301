import { createHash } from 'node:crypto'
import type { Answer, Script } from './start-fake-system.ts'

export const bytes = Buffer.from('the bytes of an image')
export const file = new Blob([bytes], { type: 'image/png' })
export const imageId = createHash('sha256').update(bytes).digest('hex')
export const headers = {
  'content-length': String(bytes.length),
  'content-type': 'image/png',
  'if-none-match': '*',
  'x-amz-checksum-sha256': Buffer.from(imageId, 'hex').toString('base64'),
}

export const create = 'POST /v1/uploads'
export const complete = `POST /v1/images/${imageId}/complete`
export const get = `GET /v1/images/${imageId}`
export const ready = { status: 200, body: { imageId, status: 'ready', variants: [] } }
export const xml = (code: string) =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>inner</Message></Error>`

export const granted = (url: string, path = '/store'): Answer => ({
  status: 201,
  body: { imageId, status: 'pending', upload: { method: 'PUT', url: url + path, headers } },
})

/** A system in which every call succeeds, except for the given changes. */
export const system =
  (changes: (url: string) => Script = () => ({})) =>
  (url: string): Script => ({
    [create]: [granted(url)],
    'PUT /store': [{ status: 200 }],
    [complete]: [{ status: 202, body: { imageId, status: 'pending' } }],
    [get]: [ready],
    ...changes(url),
  })
