import { sharp } from '../../../../processor/imaging/decoder.ts'
import { type Picture, readPicture } from '../picture.ts'
import { describeColor } from './describe-color.ts'
import type { Reference } from './reference.ts'

/**
 * Decodes with libvips and converts the profile with LittleCMS in 8 bits, on another way than the processor's. It sees nothing wrong
 * that libvips itself does while decoding.
 * @returns undefined when the colours are described by more than a profile, or libvips cannot decode the file
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

/** Whether a file is in CMYK. Browsers convert inks each in a way of their own, so LittleCMS is the judge. */
export async function isCmyk(bytes: Buffer): Promise<boolean> {
  const metadata = await sharp(bytes, { failOn: 'none' })
    .metadata()
    .catch(() => undefined)
  return metadata?.space === 'cmyk'
}

/** @param encoded an image whose ICC profile says what its numbers mean; sRGB without one. @throws when it cannot be decoded */
export async function toSrgb(encoded: Buffer): Promise<Picture> {
  const options = { failOn: 'none', limitInputPixels: false } as const
  const { depth } = await sharp(encoded, options).metadata()
  // libvips converts deeper pixels through another colour space; so their numbers are first cut to 8 bits, with the profile kept.
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
