import { sharp } from '../../../processor/imaging/decoder.ts'

/** sRGB with alpha, not premultiplied, four bytes per pixel. */
export interface Picture {
  width: number
  height: number
  pixels: Buffer
}

export interface Turn {
  /** Left and right are swapped before the turn. */
  mirrored: boolean
  /** Clockwise. */
  degrees: number
}

/** The orientations 1 to 8 of EXIF, in order. Source: Exif 3.0, 4.6.5.1. */
export const orientations: readonly Turn[] = [
  { mirrored: false, degrees: 0 },
  { mirrored: true, degrees: 0 },
  { mirrored: false, degrees: 180 },
  { mirrored: true, degrees: 180 },
  { mirrored: true, degrees: 270 },
  { mirrored: false, degrees: 90 },
  { mirrored: true, degrees: 90 },
  { mirrored: false, degrees: 270 },
]

/** Decodes an image that needs no conversion of its colours. */
export function readPicture(encoded: Buffer): Promise<Picture> {
  return toPicture(sharp(encoded, { limitInputPixels: false }).toColourspace('srgb').ensureAlpha())
}

export async function turnPicture(picture: Picture, { mirrored, degrees }: Turn): Promise<Picture> {
  const flopped = mirrored ? await toPicture(openPicture(picture).flop()) : picture
  return degrees === 0 ? flopped : toPicture(openPicture(flopped).rotate(degrees))
}

export async function scalePicture(picture: Picture, size: Omit<Picture, 'pixels'>): Promise<Picture> {
  const { width, height } = size
  if (picture.width === width && picture.height === height) return picture
  return toPicture(openPicture(picture).resize(width, height, { fit: 'fill' }))
}

function openPicture({ width, height, pixels }: Picture) {
  return sharp(pixels, { raw: { width, height, channels: 4 }, limitInputPixels: false })
}

async function toPicture(image: ReturnType<typeof openPicture>): Promise<Picture> {
  const { data: pixels, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, pixels }
}
