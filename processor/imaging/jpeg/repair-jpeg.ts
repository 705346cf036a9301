import type { JpegLayout, JpegSegment } from './read-layout.ts'
import {
  isSequential,
  isSingleScan,
  type JpegFrame,
  judgeScans,
  progressionAt,
  readFrame,
} from './read-scans.ts'

export interface Edit {
  from: number
  to: number
  insert?: Buffer
}

/**
 * The bytes that libjpeg can read ahead after the last pixel to fill its buffer of 64 bits: eight bytes 0xff, each stuffed with 0. No code
 * consists of ones, so they stand in for two blocks of missing pixels at most.
 */
const readAhead = Buffer.alloc(16, Buffer.from([0xff, 0]))
const endMarker = Buffer.from([0xff, 0xd9])

/** Files up to this size are cheap to copy. */
const smallBytes = 1 << 20

/**
 * Returns a JPEG for the decoder without the harmless oddities that cameras and editors write and every viewer ignores, so that each
 * remaining warning of libjpeg means damage. This is necessary because libvips reports only the first warning, and none about the last
 * eight rows that it returns: stray bytes between segments, an unknown version of JFIF or transformation of Adobe, coefficients that a
 * sequential scan cannot have, and a missing end marker behind whole scans. The pixels of a single scan are made to end with the
 * file where that is cheap, because running out of bytes is an error at every row.
 * @returns the same buffer when there is nothing to change
 */
export function repairJpeg(bytes: Buffer, layout: JpegLayout): Buffer {
  const frame = layout.frame && readFrame(bytes, layout.frame)
  if (!frame || layout.scans.length === 0) return bytes
  const edits = [...removeStrays(layout), ...correctHeaders(bytes, frame, layout)]
  edits.push(...endPixels(bytes, frame, layout, edits.length > 0))
  return edits.length === 0 ? bytes : applyEdits(bytes, edits)
}

function removeStrays({ strays }: JpegLayout): Edit[] {
  return strays.map(([from, to]) => ({ from, to }))
}

/** Sources: JFIF 1.02; ITU-T T.872, 6.5.3; ITU-T T.81, B.2.3; and the warnings in libjpeg's `jerror.h`. */
function correctHeaders(bytes: Buffer, frame: JpegFrame, { jfif, adobe, scans }: JpegLayout): Edit[] {
  const edits: Edit[] = []
  const set = (at: number, ...values: number[]) => {
    const insert = Buffer.from(values)
    const to = at + insert.length
    if (!bytes.subarray(at, to).equals(insert)) edits.push({ from: at, to, insert })
  }
  const versionAt = (segment: JpegSegment) => segment.at + 5
  if (jfif) set(versionAt(jfif), 1)
  if (adobe) setAdobeTransform(bytes, frame, adobe.at + 11, set)
  if (isSequential(frame)) for (const scan of scans) set(progressionAt(bytes, scan), 0, 63, 0)
  return edits
}

/** Decoders take an unknown value for the transformation that the number of components allows: YCbCr or YCCK. */
function setAdobeTransform(
  bytes: Buffer,
  { components }: JpegFrame,
  at: number,
  set: (at: number, value: number) => void,
): void {
  const transformOf: Record<number, number> = { 3: 1, 4: 2 }
  const transform = transformOf[components.length]
  if (transform !== undefined && bytes[at] !== 0) set(at, transform)
}

function endPixels(bytes: Buffer, frame: JpegFrame, layout: JpegLayout, isCopied: boolean): Edit[] {
  const { scans, hasEnd } = layout
  const to = bytes.length
  if (isSingleScan(bytes, frame, layout)) {
    const from = scans[0]?.endAt ?? to
    return isCopied || !hasEnd || to <= smallBytes ? [{ from, to, insert: readAhead }] : []
  }
  const from = scans.at(-1)?.endAt ?? to
  const endsInScan = !hasEnd && from >= to - 1
  return endsInScan && judgeScans(bytes, frame, layout) === 'whole' ? [{ from, to, insert: endMarker }] : []
}

/** Applies edits that are in any order. Edits within an earlier one, such as one that ends the file, are left out. */
export function applyEdits(bytes: Buffer, edits: Edit[]): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (const { from, to, insert } of edits.toSorted((a, b) => a.from - b.from)) {
    if (from < at) continue
    parts.push(bytes.subarray(at, from), ...(insert ? [insert] : []))
    at = to
  }
  parts.push(bytes.subarray(at))
  return Buffer.concat(parts)
}
