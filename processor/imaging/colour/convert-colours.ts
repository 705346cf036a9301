import { sharp } from '../decoder.ts'
import { type Frame, toFrame } from '../frame.ts'
import { builtinProfile } from './builtin-profile.ts'
import { type StoredPixels, wrapPixels } from './wrap-pixels.ts'

interface Conversion {
  /** The ICC profile of the pixels; absent or unreadable: sRGB. */
  profile?: Buffer
  /** EXIF orientation, 1 to 8. */
  orientation?: number
  /** The time-out of libvips. */
  seconds: number
  /** The target colour space: sRGB by default, or Display P3. */
  color?: 'srgb' | 'p3'
}

/** Converts pixels to 8 bits of sRGB, or of Display P3 with its profile, and turns them upright. */
export async function convertColours(pixels: StoredPixels, conversion: Conversion): Promise<Frame> {
  const frame = await convert(pixels, conversion)
  return conversion.color === 'p3' ? { ...frame, profile: await builtinProfile('p3') } : frame
}

async function convert(pixels: StoredPixels, conversion: Conversion): Promise<Frame> {
  const { profile, orientation, seconds, color = 'srgb' } = conversion
  const { bits } = pixels
  const wide = profile && (await changesColours(profile)) ? profile : undefined
  const used = wide ?? (color === 'p3' ? await builtinProfile('srgb') : undefined)
  const wrapped = sharp(wrapPixels(pixels, used, orientation), {
    failOn: 'none',
    limitInputPixels: false,
    ignoreIcc: true,
  })
  const upright = wrapped
    .timeout({ seconds })
    .autoOrient()
    .toColourspace(bits === 16 ? 'rgb16' : 'srgb')
  const converted = used ? upright.withIccProfile(color) : upright
  if (bits === 8) return converted.raw().toBuffer({ resolveWithObject: true }).then(toFrame)

  const { data, info } = await converted.raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true })
  const deep = new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  const { width, height, channels } = info
  return sharp(deep, { raw: { width, height, channels }, limitInputPixels: false })
    .timeout({ seconds })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .then(toFrame)
}

/** Strong, pale and dark colours, and greys. */
const probe = Buffer.from([
  240, 30, 40, 30, 220, 60, 40, 50, 230, 200, 180, 90, 20, 10, 15, 60, 60, 60, 160, 160, 160,
])

/**
 * Whether a profile makes a difference. libvips silently treats 16-bit pixels with an unreadable profile as Display P3, but
 * 8-bit pixels as sRGB. So these 8-bit colours stay the same with an unreadable profile, as with an sRGB profile.
 */
async function changesColours(profile: Buffer): Promise<boolean> {
  const pixels = { data: probe, width: probe.length / 3, height: 1, channels: 3, bits: 8 } as const
  const converted = await sharp(wrapPixels(pixels, profile), { ignoreIcc: true })
    .withIccProfile('srgb')
    .raw()
    .toBuffer()
  return converted.some((value, at) => Math.abs(value - (probe[at] ?? 0)) > 1)
}
