import type { FailOnOptions, Sharp, SharpOptions } from 'sharp'
import type { AcceptedFormat } from '../../core/images/formats.ts'
import { withSpan } from '../../core/telemetry/with-span.ts'
import { builtinProfile } from './colour/builtin-profile.ts'
import { convertColours } from './colour/convert-colours.ts'
import { readColour } from './colour/read-colour.ts'
import type { HeifColour } from './colour/read-heif-colour.ts'
import { estimateAlphaBytes, readStoredPixels } from './colour/read-stored-pixels.ts'
import { classifyDecodeError, refuseForeignTimeout, retryIfSilent } from './decode-errors.ts'
import { sharp } from './decoder.ts'
import { estimateDecodeBytes } from './estimate-decode-bytes.ts'
import { type Box, type Frame, shrinkInto, toFrame } from './frame.ts'
import type { InspectedGainMap } from './gain-map/gain-map.ts'
import { decodeHeic } from './heic/decode-heic.ts'
import { decodeTrimmed } from './jpeg/trim-scans.ts'
import type { ImagingLimits } from './limits.ts'
import { drawCanvas } from './png/draw-canvas.ts'
import type { Canvas } from './prepare/prepared.ts'
import type { ImageHeader } from './read-header.ts'

/** An original whose header has been read and checked. */
export interface DecodableImage extends ImageHeader, InspectedGainMap {
  /** Prepared for the decoder. */
  original: Buffer
  format: AcceptedFormat
  /** The page to show, counted from 0. Absent: the format's own choice, such as an AVIF's primary picture. */
  page?: number
}

/**
 * Decodes the page to show of the original to fit the box, upright and in the box's colours. It holds no more of the original in memory than the
 * format requires.
 * @throws Rejection when the bytes are damaged or take too long
 */
export async function decodeImage(image: DecodableImage, box: Box, limits: ImagingLimits): Promise<Frame> {
  if (image.format === 'heic') return decodeHeic(image, box, limits)
  try {
    if (image.canvas) return await decodeImage(await placeOnCanvas(image, image.canvas, limits), box, limits)
    if (image.format !== 'jpeg') return await retryIfSilent(() => decode(image, box, limits, 'error'))
    return await decodeJpeg(image, box, limits)
  } catch (error) {
    throw classifyDecodeError(error)
  }
}

/** Replaces a picture by the whole canvas. */
async function placeOnCanvas(
  image: DecodableImage,
  canvas: Canvas,
  limits: ImagingLimits,
): Promise<DecodableImage> {
  const memory = canvas.width * canvas.height * image.channels * (image.depth === 'ushort' ? 2 : 1)
  const original = await limits.withMemory(memory, () => drawCanvas(image.original, canvas, limits))
  return { ...image, original, canvas: undefined }
}

/** A JPEG has no checksum, so libjpeg's warnings, such as "premature end of data segment", are the only sign of damage. */
function decodeJpeg(image: DecodableImage, box: Box, limits: ImagingLimits): Promise<Frame> {
  const decodeInto = (box: Box) => (original: Buffer) =>
    retryIfSilent(() => decode({ ...image, original }, box, limits, 'warning'))
  return decodeTrimmed(image.original, decodeInto(box), decodeInto(probeBox))
}

/** Small, because the pixels are not used. */
const probeBox: Box = { width: 16, height: 16, fit: 'inside' }

function decode(
  image: DecodableImage,
  box: Box,
  limits: ImagingLimits,
  failOn: FailOnOptions,
): Promise<Frame> {
  const colour = readColour(image)
  const memory = estimateDecodeBytes(image.format, image) + estimateAlphaBytes(image, colour)
  return limits.withMemory(memory, () =>
    withSpan('decode', {}, () => {
      const { decodeTimeoutSeconds } = limits
      return refuseForeignTimeout(decodeTimeoutSeconds, () =>
        shrinkToFrame(image, colour, box, { ...limits, decodeTimeoutSeconds }, failOn),
      )
    }),
  )
}

async function shrinkToFrame(
  image: DecodableImage,
  colour: HeifColour | undefined,
  box: Box,
  { maxInputPixels: limitInputPixels, decodeTimeoutSeconds: seconds }: ImagingLimits,
  failOn: FailOnOptions,
): Promise<Frame> {
  const { page } = image
  const { color } = box
  const isWide = color === 'p3'
  const open = (options: SharpOptions, bytes = image.original) =>
    sharp(bytes, { page, failOn, limitInputPixels, sequentialRead: true, ...options }).timeout({ seconds })
  if (colour) {
    const { pixels, profile } = await readStoredPixels(image, colour, open, asStored(box, image))
    return convertColours(pixels, { profile, orientation: image.orientation, seconds, color })
  }
  if (!canConvertLater(image)) {
    const linear = box.linear && canBeLinear(image)
    const frame = await readPixels(shrinkInto(open({}).autoOrient(), { ...box, linear }))
    return isWide ? convertColours({ ...frame, bits: 8 }, { seconds, color }) : frame
  }

  const shrunk = await shrinkInto(open({ ignoreIcc: true }), asStored(box, image))
    .keepIccProfile()
    .tiff({ compression: 'none' })
    .toBuffer()
  // Without ignoreIcc, libvips would convert to sRGB first, which clips the colours that only Display P3 has.
  const stored = sharp(shrunk, { failOn: 'none', limitInputPixels: false, ignoreIcc: isWide })
  const upright = stored.timeout({ seconds }).autoOrient()
  if (!isWide) return readPixels(upright)
  return { ...(await readPixels(upright.withIccProfile('p3'))), profile: await builtinProfile('p3') }
}

function readPixels(picture: Sharp): Promise<Frame> {
  return picture.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true }).then(toFrame)
}

/**
 * Whether to convert colours and orientation after resizing. Before it, a profile costs three times as much as the decode, and a
 * rotation needs all pixels in memory. Other colour models must be converted before resizing.
 */
function canConvertLater({ space, depth, hasProfile, orientation = 1 }: DecodableImage): boolean {
  return space === 'srgb' && depth === 'uchar' && (hasProfile || orientation > 1)
}

/** libvips would apply a profile to linear numbers, and has none for CMYK then. */
function canBeLinear({ space, hasProfile }: DecodableImage): boolean {
  return space !== 'cmyk' && !hasProfile
}

function asStored({ width, height, ...box }: Box, { orientation = 1 }: DecodableImage): Box {
  const isOnItsSide = orientation > 4
  return isOnItsSide ? { ...box, width: height, height: width } : { ...box, width, height }
}
