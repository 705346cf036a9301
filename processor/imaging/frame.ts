import type { Raw, Sharp } from 'sharp'
import type { VariantSpec } from '../../core/images/variants.ts'
import { wrapPixels } from './colour/wrap-pixels.ts'
import { sharp } from './decoder.ts'

/** Decoded pixels in memory: 8 bits per channel, with or without alpha. */
export interface Frame extends Raw {
  data: Buffer
  /** ICC profile of Display P3. Absent: sRGB. */
  profile?: Buffer
}

export type Box = Pick<VariantSpec, 'width' | 'height' | 'fit' | 'position' | 'linear' | 'color'>

export interface Size {
  width: number
  height: number
}

/**
 * The box that an image of this size can fill without being enlarged. A `cover` box keeps its aspect ratio: 256×256 for an image of
 * 400×100 becomes 100×100.
 */
export function shrinkBox(box: Box, image: Size): Box {
  if (box.fit === 'inside') return box
  const shrink = Math.min(1, image.width / box.width, image.height / box.height)
  return { ...box, width: atLeastOne(box.width * shrink), height: atLeastOne(box.height * shrink) }
}

/** The scale at which the whole image fits the box; at most 1. */
export function scaleInto(box: Box, image: Size): number {
  const across = box.width / image.width
  const down = box.height / image.height
  return Math.min(1, box.fit === 'cover' ? Math.max(across, down) : Math.min(across, down))
}

/**
 * Whether the variant is wanted for an image of this size: of a set of widths, those up to that of the image, and the next larger one,
 * which then has the width of the image.
 */
export function addsWidth(spec: VariantSpec, image: Size): boolean {
  const smaller = spec.widths?.findLast((width) => width < spec.width)
  return smaller === undefined || scaleInto({ ...spec, width: smaller }, image) < scaleInto(spec, image)
}

/** Shrinks a picture into a box. In linear light it must be RGB or grey, and is sRGB afterwards. */
export function shrinkInto(picture: Sharp, { width, height, fit, position, linear }: Box): Sharp {
  const shrunk = picture.resize({ width, height, fit, position, withoutEnlargement: true })
  return linear ? shrunk.pipelineColourspace('scrgb').toColourspace('srgb') : shrunk
}

/** Opens the pixels with their profile, if they have one. Their numbers stay as they are. */
export function openFrame({ data, width, height, channels, profile }: Frame) {
  if (!profile) return sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
  const tagged = wrapPixels({ data, width, height, channels, bits: 8 }, profile)
  return sharp(tagged, { ignoreIcc: true, limitInputPixels: false }).keepIccProfile()
}

export async function resizeFrame(frame: Frame, box: Box): Promise<Frame> {
  const { profile } = frame
  const resized = await shrinkInto(openFrame(frame), box).raw().toBuffer({ resolveWithObject: true })
  return { ...toFrame(resized), ...(profile && { profile }) }
}

export function toFrame({ data, info }: { data: Buffer; info: Raw }): Frame {
  const { width, height, channels } = info
  return { data, width, height, channels }
}

function atLeastOne(pixels: number): number {
  return Math.max(1, Math.round(pixels))
}
