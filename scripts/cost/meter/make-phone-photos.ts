import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const original = fileURLToPath(
  new URL('../../../processor/test/photos/dandelions-16mp-progressive.jpg', import.meta.url),
)
const startOfImage = Buffer.from([0xff, 0xd8])

/** Makes JPEGs like those of phones: 12 megapixels in 3 MB. They differ only in a comment, which gives each a unique id. */
export async function makePhonePhotos(count: number): Promise<Blob[]> {
  const photo = await sharp(original)
    .resize(4_000, 3_000)
    .sharpen({ sigma: 1, m1: 6, m2: 6 })
    .jpeg({ quality: 89 })
    .toBuffer()
  return Array.from({ length: count }, (_, number) => {
    const parts = [startOfImage, makeComment(`photo ${number}`), photo.subarray(startOfImage.length)]
    return new Blob(
      parts.map((part) => new Uint8Array(part)),
      { type: 'image/jpeg' },
    )
  })
}

/** A COM segment. Source: ITU-T T.81, B.2.4.5. */
function makeComment(text: string): Buffer {
  const segment = Buffer.alloc(4 + text.length)
  segment.writeUInt16BE(0xfffe)
  segment.writeUInt16BE(2 + text.length, 2)
  segment.write(text, 4)
  return segment
}
