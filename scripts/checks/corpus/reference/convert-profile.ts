import { sharp } from '../../../../processor/imaging/decoder.ts'
import { type Picture, readPicture } from '../picture.ts'
import { describeColor } from './describe-color.ts'
import type { Reference } from './reference.ts'

/**
 * Decodes with libvips and converts the profile with LittleCMS in 8 bits, unlike the processor. It cannot reveal faults of libvips'
 * decoders.
 * @returns undefined when more than a profile describes the colours, or when libvips cannot decode the file
 */
export async function convertProfile(bytes: Buffer): Promise<Reference | undefined> {
  if (describeColor(bytes).needsBrowser) return undefined
  try {
    const picture = await toSrgb(bytes)
    return { by: 'LittleCMS', width: picture.width, height: picture.height, picture }
  } catch {
    return undefined
  }
}

/** Whether a file is in CMYK. Browsers convert CMYK differently, so LittleCMS is the reference. */
export async function isCmyk(bytes: Buffer): Promise<boolean> {
  const metadata = await sharp(bytes, { failOn: 'none' })
    .metadata()
    .catch(() => undefined)
  return metadata?.space === 'cmyk'
}

/** @param encoded an image in the colour space of its ICC profile; sRGB without one. @throws when it cannot be decoded */
export async function toSrgb(encoded: Buffer): Promise<Picture> {
  const options = { failOn: 'none', limitInputPixels: false } as const
  const { depth } = await sharp(encoded, options).metadata()
  // libvips converts deeper pixels through another colour space, so first reduce the numbers to 8 bits and keep the profile.
  const shallow =
    depth === 'uchar'
      ? encoded
      : await sharp(encoded, { ...options, ignoreIcc: true })
          .toColourspace('srgb')
          .keepIccProfile()
          .keepExif()
          .png()
          .toBuffer()
  return readPicture(await sharp(shallow, options).autoOrient().withIccProfile('srgb').png().toBuffer())
}
