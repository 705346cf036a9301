import type { AcceptedFormat } from '../../core/images/formats.ts'

/**
 * How many pages a file has, counted no further than `max + 1`, by following its own chain of them. Before the decoders
 * do it: for a million frames libwebp takes hours (its list grows by searching its end), and nothing can stop it.
 * Formats whose decoders count fast are 1 here.
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

/** Source: TIFF 6.0, section 2; and BigTIFF, whose numbers are twice as wide. A chain that bites its tail is endless. */
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

/** 0, which is the end of every chain, where there are no such bytes. */
function readUnsigned(bytes: Buffer, at: number, width: 2 | 4 | 8, isLittle: boolean): number {
  if (at + width > bytes.length) return 0
  if (width === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at))
  return isLittle ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width)
}
