/**
 * Debian's Chromium 156 decodes the alpha of every AVIF, and the frames of every AVIF sequence, as limited range, even if stream and boxes
 * declare full range. libavif does not. This module corrects the pixels that Chromium shows.
 */
import { readHeifColour } from '../../../../processor/imaging/colour/read-heif-colour.ts'
import { sharp } from '../../../../processor/imaging/decoder.ts'
import type { Picture } from '../picture.ts'
import type { Reference } from './reference.ts'

const probeAlpha = 64

/** Whether the browser has this fault. @param show decodes a file in the browser */
export async function ignoresRange(
  show: (content: Buffer) => Promise<Reference | undefined>,
): Promise<boolean> {
  const background = { r: 0, g: 0, b: 0, alpha: probeAlpha / 255 }
  const probe = sharp({ create: { width: 16, height: 16, channels: 4, background } })
  const shown = await show(await probe.avif({ quality: 100 }).toBuffer())
  return Math.abs((shown?.picture.pixels[3] ?? probeAlpha) - probeAlpha) > 4
}

/** Changes the brand of a full-range sequence so that Chromium shows the still image, which encoders make from the first frame. */
export function hideFrames(file: Buffer): Buffer {
  const color = file.indexOf('colrnclx', 0, 'latin1')
  const isFullRange = color > 0 && (file[color + 14] ?? 0) > 127
  if (file.toString('latin1', 4, 12) !== 'ftypavis' || !isFullRange) return file
  const corrected = Buffer.from(file)
  corrected.write('avif', 8, 'latin1')
  return corrected
}

/** Reverts the expansion to full range. Values that were clipped near 0 and 255 stay lost. */
export function correctAlpha({ pixels, ...size }: Picture, file: Buffer): Picture {
  const isAvif = /^ftyp(avi[fs]|mif1)/.test(file.toString('latin1', 4, 12))
  const faults = isAvif ? readHeifColour(file).alpha : undefined
  if (!isAvif || faults?.isLimited) return { pixels, ...size }
  const corrected = Buffer.from(pixels)
  for (let at = 3; at < corrected.length; at += 4) {
    const shown = pixels[at] ?? 0
    if (shown === 0 || shown === 255) continue
    const alpha = Math.round((shown * 219) / 255 + 16)
    corrected[at] = alpha
    // Chromium has divided premultiplied colours by the wrong alpha.
    for (let channel = at - 3; faults?.isPremultiplied && channel < at; channel++) {
      corrected[channel] = Math.min(255, Math.round(((pixels[channel] ?? 0) * shown) / alpha))
    }
  }
  return { pixels: corrected, ...size }
}
