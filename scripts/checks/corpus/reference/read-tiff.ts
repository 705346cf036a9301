import { fromArrayBuffer, type GeoTIFFImage } from 'geotiff'
import { sharp } from '../../../../processor/imaging/decoder.ts'
import { colourChunk, insertChunks } from '../../../testkit/images/tag-png.ts'
import { orientations, turnPicture } from '../picture.ts'
import { toSrgb } from './convert-profile.ts'
import type { Reference } from './reference.ts'

interface Size {
  width: number
  height: number
}

type Samples = Uint8Array | Uint8ClampedArray | Uint16Array

const blackIsZero = 1

interface Colors {
  samples: Samples
  /** 1 for grey, otherwise 3 or more. */
  perPixel: number
  /** The value of white. */
  most: number
}

interface Alpha extends Pick<Colors, 'samples' | 'most'> {
  isPremultiplied: boolean
}

/** Number of the profile's tag, because geotiff does not find it by name. Source: TIFF 6.0; ICC.1, B.4. */
const tags = { photometric: 262, orientation: 274, extraSamples: 338, profile: 34_675 }

/** Values of PhotometricInterpretation that geotiff converts like Chromium or LittleCMS. Not CMYK, which needs a profile. Source: TIFF 6.0. */
const convertible = [0, 1, 2, 3, 6]

/**
 * Decodes a TIFF with geotiff, which shares no code with libtiff, and converts its profile with LittleCMS.
 * @param size of the page to decode; without such a page, the first one is decoded
 * @returns undefined when geotiff cannot decode the file
 */
export async function readTiff(bytes: Buffer, size: Partial<Size>): Promise<Reference | undefined> {
  try {
    const page = await findPage(bytes, size)
    const profile = await readTag<ArrayLike<number>>(page, tags.profile)
    const orientation = orientations[((await readTag<number>(page, tags.orientation)) ?? 1) - 1]
    const stored = await sharp(await readPixels(page), { raw: { ...sizeOf(page), channels: 4 } })
      .png()
      .toBuffer()
    const labelled = profile
      ? insertChunks(stored, colourChunk.iCCP(Buffer.from(Array.from(profile))))
      : stored
    const converted = await toSrgb(labelled)
    const picture = orientation ? await turnPicture(converted, orientation) : converted
    return { by: 'geotiff', width: picture.width, height: picture.height, picture }
  } catch {
    return undefined
  }
}

async function findPage(bytes: Buffer, size: Partial<Size>): Promise<GeoTIFFImage> {
  const tiff = await fromArrayBuffer(new Uint8Array(bytes).buffer)
  const count = Math.min(await tiff.getImageCount(), 16)
  for (let index = 0; index < count; index++) {
    const page = await tiff.getImage(index)
    const { width, height } = sizeOf(page)
    // Upright or on its side: the processor reports the size after rotation.
    if (width === size.width && height === size.height) return page
    if (width === size.height && height === size.width) return page
  }
  return tiff.getImage(0)
}

/** Pixels in sRGB or in the page's profile, four bytes each. @throws Error when geotiff does not convert such pixels */
async function readPixels(page: GeoTIFFImage): Promise<Buffer> {
  const photometric = await readTag<number>(page, tags.photometric)
  if (!convertible.includes(photometric ?? -1)) throw new Error(`photometric interpretation ${photometric}`)
  const { width, height } = sizeOf(page)
  const { samples, perPixel, most } = await readColors(page, photometric)
  const alpha = await readAlpha(page)
  const pixels = Buffer.alloc(width * height * 4)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const opacity = alpha ? (alpha.samples[pixel] ?? 0) / alpha.most : 1
    const share = alpha?.isPremultiplied ? opacity || 1 : 1
    for (let channel = 0; channel < 3; channel++) {
      const value = (samples[pixel * perPixel + Math.min(channel, perPixel - 1)] ?? 0) / most / share
      pixels[pixel * 4 + channel] = Math.round(Math.min(1, value) * 255)
    }
    pixels[pixel * 4 + 3] = Math.round(opacity * 255)
  }
  return pixels
}

async function readColors(page: GeoTIFFImage, photometric = 0): Promise<Colors> {
  const bits = page.getBitsPerSample(0)
  if (photometric > blackIsZero) {
    const samples = (await page.readRGB({ interleave: true })) as unknown as Samples
    const { width, height } = sizeOf(page)
    const most = samples instanceof Uint16Array ? 65_535 : 255
    return { samples, perPixel: samples.length / (width * height), most }
  }
  // Do not use readRGB, which maps 1-bit white to 127.
  const [grey] = (await page.readRasters({ samples: [0] })) as unknown as Samples[]
  const most = 2 ** bits - 1
  const samples = photometric === blackIsZero ? grey : grey?.map((value) => most - value)
  return { samples: samples ?? new Uint8Array(), perPixel: 1, most }
}

/** The first extra sample if the file declares it as alpha. Source: TIFF 6.0, ExtraSamples. */
async function readAlpha(page: GeoTIFFImage): Promise<Alpha | undefined> {
  const kinds = await readTag<ArrayLike<number>>(page, tags.extraSamples)
  const kind = kinds?.[0] ?? 0
  if (kind !== 1 && kind !== 2) return undefined
  const at = page.getSamplesPerPixel() - (kinds?.length ?? 0)
  const [samples] = (await page.readRasters({ samples: [at] })) as unknown as Samples[]
  if (!samples) return undefined
  return { samples, most: samples instanceof Uint16Array ? 65_535 : 255, isPremultiplied: kind === 1 }
}

function sizeOf(page: GeoTIFFImage): Size {
  return { width: page.getWidth(), height: page.getHeight() }
}

async function readTag<T>(page: GeoTIFFImage, tag: number): Promise<T | undefined> {
  const directory = page.getFileDirectory()
  return directory.hasTag(tag) ? ((await directory.loadValue(tag)) as T) : undefined
}
