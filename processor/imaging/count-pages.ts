import type { AcceptedFormat } from '../../core/images/formats.ts'

/**
 * Counts the pages of a file up to `max + 1` by following its own chain of pages. It must run before the decoder: libwebp appends
 * frames to a list by searching for its end, which takes hours for a million frames and cannot be interrupted. Formats whose decoders
 * count quickly return 1.
 */
export function countPages(format: AcceptedFormat, bytes: Buffer, max: number): number {
  if (format === 'webp') return countWebpFrames(bytes, max)
  if (format === 'tiff') return countTiffPages(bytes, max)
  return 1
}

/** Source: WebP Container Specification, "RIFF File Format". */
function countWebpFrames(bytes: Buffer, max: number): number {
  let frames = 0
  for (let at = 12; at + 8 <= bytes.length && frames <= max; ) {
    if (bytes.toString('latin1', at, at + 4) === 'ANMF') frames++
    const size = bytes.readUInt32LE(at + 4)
    at += 8 + size + (size % 2)
  }
  return Math.max(1, frames)
}

/** Source: TIFF 6.0, section 2; and BigTIFF, whose numbers are twice as wide. A chain can be circular. */
function countTiffPages(bytes: Buffer, max: number): number {
  const isLittle = bytes[0] === 0x49
  const isBig = (isLittle ? bytes[2] : bytes[3]) === 0x2b
  const read = (at: number, width: 2 | 4 | 8) => readUnsigned(bytes, at, width, isLittle)
  const offsetWidth = isBig ? 8 : 4
  const countWidth = isBig ? 8 : 2
  const entryBytes = isBig ? 20 : 12

  let pages = 0
  let at = read(isBig ? 8 : 4, offsetWidth)
  while (at > 0 && pages <= max) {
    pages++
    const entries = read(at, countWidth)
    at = read(at + countWidth + entries * entryBytes, offsetWidth)
  }
  return Math.max(1, pages)
}

/** Reads a number, or 0, which ends every chain, beyond the end of the file. */
function readUnsigned(bytes: Buffer, at: number, width: 2 | 4 | 8, isLittle: boolean): number {
  if (at + width > bytes.length) return 0
  if (width === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at))
  return isLittle ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width)
}
