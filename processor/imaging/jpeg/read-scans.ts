import type { JpegLayout, JpegScan, JpegSegment } from './read-layout.ts'

/** The start of frame. Source: ITU-T T.81, B.2.2. */
export interface JpegFrame {
  /** The marker, 0xc0 to 0xcf, which names the process: 0xc0 baseline, 0xc2 progressive, … */
  process: number
  bitsPerChannel: number
  /** Identifiers of the components. */
  components: number[]
}

/** The header of a scan. Source: ITU-T T.81, B.2.3. */
interface ScanHeader {
  components: number[]
  /** First and last coefficient, and the lowest bit of them that the scan contains. */
  from: number
  to: number
  lowestBit: number
}

const coefficients = 64

export function readFrame(bytes: Buffer, { marker, at, length }: JpegSegment): JpegFrame | undefined {
  const count = bytes[at + 5] ?? 0
  if (length < 6 + count * 3 || at + length > bytes.length) return undefined
  const components = Array.from({ length: count }, (_, index) => bytes[at + 6 + index * 3] ?? 0)
  return { process: marker, bitsPerChannel: bytes[at] ?? 0, components }
}

/** Offset of the three bytes that name the coefficients of a scan, behind its list of components. */
export function progressionAt(bytes: Buffer, { header }: JpegScan): number {
  return header.at + 1 + (bytes[header.at] ?? 0) * 2
}

function readScan(bytes: Buffer, scan: JpegScan): ScanHeader {
  const count = bytes[scan.header.at] ?? 0
  const components = Array.from({ length: count }, (_, index) => bytes[scan.header.at + 1 + index * 2] ?? 0)
  const at = progressionAt(bytes, scan)
  return { components, from: bytes[at] ?? 0, to: bytes[at + 1] ?? 0, lowestBit: (bytes[at + 2] ?? 0) & 0xf }
}

/** Whether all pixels come in one scan. libjpeg then stops reading when it has the last one. */
export function isSingleScan(bytes: Buffer, frame: JpegFrame, layout: JpegLayout): boolean {
  const count = layout.scans[0] && bytes[layout.scans[0].header.at]
  return isSequential(frame) && count === frame.components.length
}

export function isSequential({ process }: JpegFrame): boolean {
  return process === 0xc0 || process === 0xc1
}

/**
 * Which part of the image the scans contain: all of it; all components, but not at full accuracy; or not even all components, so that colours
 * or everything are missing. The decoder checks whether the data of a scan are complete.
 */
export function judgeScans(
  bytes: Buffer,
  frame: JpegFrame,
  { scans }: JpegLayout,
): 'whole' | 'unrefined' | 'missing' {
  const missingBits = new Map(frame.components.map((id) => [id, new Uint8Array(coefficients).fill(0xff)]))
  for (const scan of scans) {
    const { components, from, to, lowestBit } = readScan(bytes, scan)
    const range: [number, number, number] = isSequential(frame)
      ? [0, 0, coefficients]
      : [lowestBit, from, to + 1]
    for (const id of components) missingBits.get(id)?.fill(...range)
  }
  const all = [...missingBits.values()]
  if (all.some(([first]) => first === 0xff)) return 'missing'
  return all.every((bits) => bits.every((bit) => bit === 0)) ? 'whole' : 'unrefined'
}
