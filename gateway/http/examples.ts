import { rejections } from '../../core/errors.ts'
import { writeCursor } from './cursor.ts'
import { problems } from './problems.ts'

/**
 * The life of one photo in the API, as examples for the contract. These are real responses: a test sends the requests to the app and
 * compares the responses.
 */

const imageId = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
const askedAt = '2026-11-22T10:00:00.000Z'
const goneAt = '2026-11-29T10:00:00.000Z'
const signature = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0123'
const bucketUrl = (bucket: string) => `https://${bucket}.s3.us-east-1.amazonaws.com/acme/${imageId}/20261122`

const uploadRequest = {
  sha256: imageId,
  byteLength: 348_712,
  contentType: 'image/jpeg',
  fileName: 'harbour.jpg',
} as const

const uploadTarget = {
  method: 'PUT',
  url: `${bucketUrl('raw-bucket')}?${signature}`,
  headers: {
    'content-length': '348712',
    'content-type': 'image/jpeg',
    'if-none-match': '*',
    'x-amz-checksum-sha256': 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=',
  },
  expiresAt: '2026-11-22T10:15:00.000Z',
  expiresInSeconds: 900,
} as const

const granted = {
  imageId,
  status: 'pending',
  duplicate: false,
  expiresAt: goneAt,
  upload: uploadTarget,
} as const

const variant = {
  name: 'thumb',
  width: 256,
  height: 256,
  byteLength: 9_412,
  contentType: 'image/webp',
  url: `${bucketUrl('processed-bucket')}/5f0c9b1d7a3e8264/thumb.webp?${signature}`,
  urlExpiresAt: '2026-11-22T11:00:00.000Z',
} as const

const camera = { make: 'Canon', model: 'Canon EOS R8' } as const

const image = {
  imageId,
  status: 'ready',
  sequence: 3,
  byteLength: 348_712,
  contentType: 'image/jpeg',
  fileName: 'harbour.jpg',
  createdAt: askedAt,
  expiresAt: goneAt,
  finishedAt: '2026-11-22T10:00:02.000Z',
  format: 'jpeg',
  width: 4000,
  height: 3000,
  colorSpace: 'srgb',
  hasAlpha: false,
  pages: 1,
  camera,
  takenAt: '2026-11-21T17:42:09',
  placeholder: '3OcRJYB4d3h/iIeHeEh3eIhw+j3A',
  dominantColor: '#4a6f8b',
  variants: [variant],
} as const

const event = {
  specversion: '1.0',
  id: `acme/${imageId}/20261122/image.processed`,
  source: '/hashgate/processor',
  type: 'hashgate.image.processed.v1',
  subject: imageId,
  time: '2026-11-22T10:00:02.000Z',
  datacontenttype: 'application/json',
  data: {
    tenant: 'acme',
    imageId,
    generation: '20261122',
    objectKey: `acme/${imageId}/20261122`,
    byteLength: 348_712,
    contentType: 'image/jpeg',
    sequence: 3,
  },
} as const

const eventStream = `retry: 3000
id: 5c1e0f7a9b3d-7

id: 5c1e0f7a9b3d-8
event: image.processed
data: ${JSON.stringify(event)}

:

`

/** Cursors of two consecutive pages. */
const cursorOf = (createdAt: string) => writeCursor(`${createdAt}#${imageId}`, 'ready')
const imageList = { images: [image], nextCursor: cursorOf(askedAt) } as const

const duplicate = { imageId, status: 'ready', duplicate: true, expiresAt: goneAt, image } as const
/** A size that the API allows, but not a gateway with the default `MAX_UPLOAD_BYTES`. */
const tooLarge = { ...uploadRequest, byteLength: 2 * 1024 ** 3 } as const
const fieldError = { field: 'byteLength', message: 'must be <= 52428800, the limit of this gateway' } as const
const invalidItem = {
  type: 'urn:hashgate:problem:validation-failed',
  title: problems.VALIDATION_FAILED.title,
  status: 400,
  code: 'VALIDATION_FAILED',
  errors: [fieldError],
} as const

const up = { state: 'up', latencyMs: 3.1 } as const
const down = { state: 'down', latencyMs: 1500 } as const
const dependencies = { bucket: up, catalog: up, keys: up, events: up } as const

export const examples = {
  imageId,
  requestId: '1f6a3f5e-8a43-4f0a-9a5c-0d1d7a4be2c7',
  uploadRequest,
  uploadBatchRequest: { uploads: [uploadRequest, tooLarge] },
  uploadBatchResult: { results: [granted, { problem: invalidItem }] },
  uploadTarget,
  granted,
  duplicate,
  completion: { imageId, status: 'pending' },
  image,
  imageList,
  cursor: cursorOf('2026-11-22T11:00:00.000Z'),
  eventStream,
  variant,
  camera,
  location: { latitude: 46.46, longitude: 6.841944 },
  rejection: { reason: 'image_corrupt', detail: rejections.image_corrupt },
  fieldError,
  invalidItem,
  health: { status: 'ok' },
  dependency: up,
  dependencies,
  readiness: { status: 'ready', dependencies },
  unavailable: { status: 'unavailable', dependencies: { ...dependencies, catalog: down } },
} as const
