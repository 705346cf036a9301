import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

/** 12 to 16 megapixels, so that a preview is as expensive as that of a typical photo. */
const large = ['dandelions-16mp-progressive', 'sunset-12mp-gps'].map((name) =>
  fileURLToPath(new URL(`../../../processor/test/photos/${name}.jpg`, import.meta.url)),
)

/** Returns `count` paths: the committed large photos, and unique small ones that it writes to `directory`. */
export async function makePhotos(directory: string, count: number): Promise<string[]> {
  const photo = await sharp(large[0]).resize(320).jpeg().toBuffer()
  const small = Array.from({ length: count - large.length }, (_, index) => index)
  const paths = small.map((index) => join(directory, `photo-${index}.jpg`))
  // Decoders ignore what follows the end of the image.
  await Promise.all(
    paths.map((path, index) => writeFile(path, Buffer.concat([photo, Buffer.from(`${index}`)]))),
  )
  return [...large, ...paths]
}
