import type { Sharp, SharpOptions } from 'sharp'
import { sharp } from '../decoder.ts'
import { type Box, shrinkInto } from '../frame.ts'
import type { ImageHeader } from '../read-header.ts'
import { correctAlpha } from './correct-alpha.ts'
import { makeProfile, makeRgbProfile } from './make-profile.ts'
import type { AlphaFaults, HeifColour } from './read-heif-colour.ts'
import { srgbTransfer } from './transfers.ts'
import type { StoredPixels } from './wrap-pixels.ts'

type Image = Pick<ImageHeader, 'depth' | 'hasProfile'> & { original: Buffer }

/** Opens the original, or the given bytes instead of it. */
type Open = (options: SharpOptions, bytes?: Buffer) => Sharp

interface ProfiledPixels {
  pixels: StoredPixels
  /** The profile of the file, or one made for the encoding that the file signals. */
  profile?: Buffer
}

/** Memory for the pixels whose alpha is corrected, besides that of the decoder. */
export function estimateAlphaBytes(
  { width, height, depth }: Pick<ImageHeader, 'width' | 'height' | 'depth'>,
  colour: HeifColour | undefined,
): number {
  return colour?.alpha ? width * height * (depth === 'ushort' ? 8 : 4) : 0
}

/** Shrinks an image in its own encoding and depth. */
export async function readStoredPixels(
  image: Image,
  { encoding, alpha, vagueColrAt }: HeifColour,
  open: Open,
  box: Box,
): Promise<ProfiledPixels> {
  const bits = image.depth === 'ushort' ? 16 : 8
  const bytes = vagueColrAt === undefined ? image.original : makeExplicit(image.original, vagueColrAt)
  const stored = open({ ignoreIcc: true }, bytes)
  const source = alpha ? await openCorrected(stored, alpha, bits) : stored
  // Shrinking in linear light would treat numbers of another curve as sRGB.
  const linear = box.linear && (!encoding || encoding.transfer === srgbTransfer)
  const { data, info } = await toDepth(shrinkInto(source, { ...box, linear }), bits).toBuffer({
    resolveWithObject: true,
  })
  const { width, height, channels } = info
  const profile = encoding ? makeProfile(encoding) : await readProfile(image, open)
  return { pixels: { data, width, height, channels, bits }, ...(profile && { profile }) }
}

function toDepth(picture: Sharp, bits: 8 | 16): Sharp {
  if (bits === 8) return picture.toColourspace('srgb').raw()
  return picture.toColourspace('rgb16').raw({ depth: 'ushort' })
}

/** Corrects alpha before shrinking, which weighs the colours with it. */
async function openCorrected(stored: Sharp, alpha: AlphaFaults, bits: 8 | 16): Promise<Sharp> {
  const { data, info } = await toDepth(stored, bits).toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const pixels = bits === 8 ? data : new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  correctAlpha(pixels, alpha)
  return sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false })
}

async function readProfile({ hasProfile }: Image, open: Open): Promise<Buffer | undefined> {
  if (!hasProfile) return undefined
  const { icc } = await open({}).metadata()
  return icc?.toString('latin1', 16, 20) === 'GRAY' ? makeRgbProfile(icc) : icc
}

/** BT.709, sRGB and BT.601, which browsers assume for unspecified code points. */
function makeExplicit(original: Buffer, colrAt: number): Buffer {
  const bytes = Buffer.from(original)
  for (const [index, code] of [1, 13, 6].entries()) bytes.writeUInt16BE(code, colrAt + index * 2)
  return bytes
}
