import type { AcceptedContentType } from '../../../core/images/formats.ts'
import { makeBlankPng } from '../images/make-blank-png.ts'
import { makeGif } from '../images/make-gif.ts'
import { makeTiff } from '../images/make-tiff.ts'
import { makeWebp } from '../images/make-webp.ts'
import { drawPicture } from './draw-picture.ts'
import type { HostileInput } from './hostile-input.ts'

/** Valid but unusual images. All of them become ready. */
export async function makeOddities(): Promise<HostileInput[]> {
  const picture = () => drawPicture()
  const seeThrough = () => drawPicture(96, 64, 4)
  const size = { width: 20, height: 10 }
  const images: [name: string, AcceptedContentType, Buffer | Promise<Buffer>][] = [
    ['JPEG in CMYK', 'image/jpeg', picture().toColourspace('cmyk').jpeg().toBuffer()],
    ['TIFF in CMYK', 'image/tiff', picture().toColourspace('cmyk').tiff().toBuffer()],
    ['grey JPEG', 'image/jpeg', picture().greyscale().jpeg().toBuffer()],
    ['grey PNG with alpha', 'image/png', seeThrough().toColourspace('b-w').png().toBuffer()],
    ['progressive JPEG', 'image/jpeg', picture().jpeg({ progressive: true }).toBuffer()],
    ['JPEG in Display P3', 'image/jpeg', picture().withIccProfile('p3').jpeg().toBuffer()],
    ['16-bit PNG', 'image/png', seeThrough().toColourspace('rgb16').png().toBuffer()],
    ['interlaced PNG', 'image/png', picture().png({ progressive: true }).toBuffer()],
    ['palette PNG', 'image/png', seeThrough().png({ palette: true }).toBuffer()],
    ['1-bit PNG of one pixel', 'image/png', makeBlankPng(1, 1)],
    ['PNG of 60000×1', 'image/png', makeBlankPng(60_000, 1)],
    ['PNG of 1×60000', 'image/png', makeBlankPng(1, 60_000)],
    ['lossless WebP with alpha', 'image/webp', seeThrough().webp({ lossless: true }).toBuffer()],
    ['AVIF with alpha', 'image/avif', seeThrough().avif({ effort: 0 }).toBuffer()],
    ['GIF with alpha', 'image/gif', seeThrough().gif().toBuffer()],
    ['16-bit TIFF', 'image/tiff', makeTiff({ ...size, bits: 16 })],
    ['grey TIFF', 'image/tiff', makeTiff({ ...size, channels: 1, photometric: 1 })],
    ['TIFF of 900 pages', 'image/tiff', makeTiff({ ...size, pages: 900 })],
    ['GIF of 900 frames', 'image/gif', makeGif({ ...size, frames: 900 })],
    ['WebP of 900 frames', 'image/webp', makeWebp({ ...size, frames: 900 })],
    ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((orientation) =>
      (['jpeg', 'png', 'webp', 'tiff', 'avif'] as const).map(
        (format): [string, AcceptedContentType, Promise<Buffer>] => [
          `${format}, orientation ${orientation}`,
          `image/${format}`,
          sharpWith(orientation)[format]().toBuffer(),
        ],
      ),
    ),
  ]
  return Promise.all(
    images.map(async ([name, contentType, bytes]) => {
      const group = 'unusual'
      return { group, name, contentType, bytes: await bytes, expected: 'ready' } as const
    }),
  )

  function sharpWith(orientation: number) {
    return picture().withMetadata({ orientation })
  }
}
