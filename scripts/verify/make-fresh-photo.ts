import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { UploadRequest } from '../../openapi/packages/client/src/types.ts'

export interface FreshPhoto {
  bytes: Buffer
  request: UploadRequest
}

/** A photo with a GPS position, to test that variants have none. */
const photo = new URL('../../processor/test/photos/sunset-12mp-gps.jpg', import.meta.url)

const commentMarker = 0xfe

/** Creates a photo that has never been uploaded: the same picture with a random comment. */
export async function makeFreshPhoto(): Promise<FreshPhoto> {
  const bytes = addComment(await readFile(photo), `hashgate verify ${randomBytes(16).toString('hex')}`)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const fileName = 'hashgate-verify.jpg'
  return { bytes, request: { sha256, byteLength: bytes.length, contentType: 'image/jpeg', fileName } }
}

/** Inserts the comment after the application segments, because JFIF and Exif must come first. */
function addComment(jpeg: Buffer, comment: string): Buffer {
  let at = 2
  while (isApplicationSegment(jpeg, at)) at += 2 + jpeg.readUInt16BE(at + 2)
  const segment = Buffer.from([0xff, commentMarker, 0, 2 + comment.length, ...Buffer.from(comment, 'latin1')])
  return Buffer.concat([jpeg.subarray(0, at), segment, jpeg.subarray(at)])
}

function isApplicationSegment(jpeg: Buffer, at: number): boolean {
  const marker = jpeg.readUInt8(at + 1)
  return jpeg.readUInt8(at) === 0xff && marker >= 0xe0 && marker <= 0xef
}
