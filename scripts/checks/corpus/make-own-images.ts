import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sharp } from 'sharp'
import { drawPicture } from '../../testkit/hostile/draw-picture.ts'
import { makeAnimation } from '../../testkit/images/make-animation.ts'
import { makeGif } from '../../testkit/images/make-gif.ts'
import { makeAdobeRgbProfile } from '../../testkit/images/make-icc-profile.ts'
import { encodeAs } from '../../testkit/images/make-image.ts'
import { colourChunk, insertChunks } from '../../testkit/images/tag-png.ts'

/** File names and contents. */
export type OwnImages = Record<string, Promise<Buffer> | Buffer>

const profiles = ['srgb', 'p3', 'adobe'] as const
const picture = () => drawPicture()
const seeThrough = () => drawPicture(96, 64, 4)

/** Makes valid images in every format, depth, profile and orientation that sharp can write. @param directory for the profiles */
export async function makeOwnImages(directory: string): Promise<OwnImages> {
  const adobe = join(directory, 'adobe.icc')
  await writeFile(adobe, makeAdobeRgbProfile())
  const withProfile = (image: Sharp, profile: (typeof profiles)[number]) =>
    image.withIccProfile(profile === 'adobe' ? adobe : profile)
  const inEachProfile = (name: string, encode: (profile: (image: Sharp) => Sharp) => Sharp): OwnImages =>
    Object.fromEntries(
      profiles.map((profile) => [
        name.replace('PROFILE', profile),
        encode((image) => withProfile(image, profile)).toBuffer(),
      ]),
    )
  return {
    ...makeJpegs(),
    ...makePngs(await picture().png().toBuffer()),
    ...makeTiffs(),
    ...makeOthers(),
    ...makeTurned(),
    ...inEachProfile('jpeg-PROFILE.jpg', (label) => label(picture()).jpeg()),
    ...inEachProfile('png-8-PROFILE.png', (label) => label(picture()).png()),
    ...inEachProfile('png-16-PROFILE.png', (label) => label(picture()).toColourspace('rgb16').png()),
    ...inEachProfile('png-16-alpha-PROFILE.png', (label) => label(seeThrough()).toColourspace('rgb16').png()),
    ...inEachProfile('png-palette-PROFILE.png', (label) => label(picture()).png({ palette: true })),
    ...inEachProfile('webp-PROFILE.webp', (label) => label(picture()).webp()),
    ...inEachProfile('avif-PROFILE.avif', (label) => label(picture()).avif({ effort: 0 })),
    ...inEachProfile('tiff-8-PROFILE.tif', (label) => label(picture()).tiff({ compression: 'lzw' })),
    ...inEachProfile('tiff-16-PROFILE.tif', (label) =>
      label(picture()).toColourspace('rgb16').tiff({ compression: 'deflate' }),
    ),
  }
}

function makeJpegs(): OwnImages {
  return {
    'jpeg-444.jpg': picture().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
    'jpeg-420.jpg': picture().jpeg().toBuffer(),
    'jpeg-progressive.jpg': picture().jpeg({ progressive: true }).toBuffer(),
    'jpeg-grey.jpg': picture().greyscale().jpeg().toBuffer(),
    'jpeg-cmyk.jpg': picture().toColourspace('cmyk').jpeg().toBuffer(),
    'jpeg-cmyk-profile.jpg': picture().withIccProfile('cmyk').jpeg().toBuffer(),
  }
}

/** x and y of white, red, green and blue. Source: SMPTE EG 432-1. */
const displayP3 = [0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06]

/** @param png 8-bit RGB, without a profile */
function makePngs(png: Buffer): OwnImages {
  return {
    'png-8.png': png,
    'png-8-alpha.png': seeThrough().png().toBuffer(),
    'png-8-grey.png': picture().greyscale().png().toBuffer(),
    'png-8-grey-alpha.png': seeThrough().toColourspace('b-w').png().toBuffer(),
    'png-16.png': picture().toColourspace('rgb16').png().toBuffer(),
    'png-16-alpha.png': seeThrough().toColourspace('rgb16').png().toBuffer(),
    'png-16-grey.png': picture().toColourspace('grey16').png().toBuffer(),
    'png-interlaced.png': picture().png({ progressive: true }).toBuffer(),
    'png-palette.png': seeThrough().png({ palette: true }).toBuffer(),
    'png-2-colours.png': picture().png({ palette: true, colours: 2 }).toBuffer(),
    'png-gamma-1.0.png': insertChunks(png, colourChunk.gAMA(1)),
    'png-gamma-2.2.png': insertChunks(png, colourChunk.gAMA(1 / 2.2)),
    'png-chrm-p3.png': insertChunks(png, colourChunk.cHRM(...displayP3), colourChunk.gAMA(1 / 2.2)),
    'png-cicp-p3.png': insertChunks(png, colourChunk.cICP(12, 13)),
    'png-cicp-pq.png': insertChunks(png, colourChunk.cICP(9, 16)),
    'png-cicp-hlg.png': insertChunks(png, colourChunk.cICP(9, 18)),
  }
}

function makeTiffs(): OwnImages {
  return {
    'tiff-none.tif': picture().tiff({ compression: 'none' }).toBuffer(),
    'tiff-lzw-predictor.tif': picture().tiff({ compression: 'lzw', predictor: 'horizontal' }).toBuffer(),
    'tiff-deflate.tif': picture().tiff({ compression: 'deflate' }).toBuffer(),
    'tiff-packbits.tif': picture().tiff({ compression: 'packbits' }).toBuffer(),
    'tiff-jpeg.tif': picture().tiff({ compression: 'jpeg' }).toBuffer(),
    'tiff-tiled.tif': picture().tiff({ tile: true, tileWidth: 32, tileHeight: 32 }).toBuffer(),
    'tiff-big.tif': picture().tiff({ bigtiff: true }).toBuffer(),
    'tiff-alpha.tif': seeThrough().tiff({ compression: 'lzw' }).toBuffer(),
    'tiff-16.tif': picture().toColourspace('rgb16').tiff({ compression: 'lzw' }).toBuffer(),
    'tiff-grey.tif': picture().greyscale().tiff({ compression: 'lzw' }).toBuffer(),
    'tiff-16-grey.tif': picture().toColourspace('grey16').tiff({ compression: 'lzw' }).toBuffer(),
    'tiff-1-bit.tif': picture().threshold().toColourspace('b-w').tiff({ bitdepth: 1 }).toBuffer(),
    'tiff-1-bit-fax.tif': picture()
      .threshold()
      .toColourspace('b-w')
      .tiff({ bitdepth: 1, compression: 'ccittfax4' })
      .toBuffer(),
    'tiff-cmyk.tif': picture().toColourspace('cmyk').tiff({ compression: 'lzw' }).toBuffer(),
  }
}

function makeOthers(): OwnImages {
  return {
    'webp-lossy.webp': picture().webp().toBuffer(),
    'webp-lossless.webp': picture().webp({ lossless: true }).toBuffer(),
    'webp-alpha.webp': seeThrough().webp().toBuffer(),
    'webp-animated.webp': makeAnimation('webp'),
    'avif-420.avif': picture().avif({ effort: 0, chromaSubsampling: '4:2:0' }).toBuffer(),
    'avif-444.avif': picture().avif({ effort: 0 }).toBuffer(),
    'avif-lossless.avif': picture().avif({ effort: 0, lossless: true }).toBuffer(),
    'avif-alpha.avif': seeThrough().avif({ effort: 0 }).toBuffer(),
    'avif-grey.avif': picture().greyscale().avif({ effort: 0 }).toBuffer(),
    'gif-still.gif': picture().gif().toBuffer(),
    'gif-alpha.gif': seeThrough().gif().toBuffer(),
    'gif-animated.gif': makeAnimation('gif'),
    'gif-frame-smaller-than-canvas.gif': makeGif({ width: 40, height: 30 }),
  }
}

function makeTurned(): OwnImages {
  // Not WebP, because Chromium ignores its EXIF orientation, and not AVIF, because sharp writes none for it.
  const formats = ['jpeg', 'png', 'tiff'] as const
  const turned = formats.flatMap((format) =>
    [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => {
      const name = `${format}-orientation-${orientation}.${format}`
      return [name, encodeAs(format, picture().withMetadata({ orientation }))] as const
    }),
  )
  return Object.fromEntries(turned)
}
