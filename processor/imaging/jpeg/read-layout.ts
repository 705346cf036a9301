/** Markers, without their first byte 0xff. Source: ITU-T T.81, table B.1. */
export const markers = {
  soi: 0xd8,
  eoi: 0xd9,
  sos: 0xda,
  app0: 0xe0,
  app1: 0xe1,
  app2: 0xe2,
  app14: 0xee,
} as const

/** A marker segment. `at` is the offset of its contents, behind the length. */
export interface JpegSegment {
  marker: number
  at: number
  length: number
}

export interface JpegScan {
  header: JpegSegment
  /** Offset of the marker that ends the entropy-coded data; the end of the file if there is none. */
  endAt: number
}

/** The positions of the parts of a JPEG, as libjpeg finds them. */
export interface JpegLayout {
  /** Number of markers; at most `max` + 1. */
  segments: number
  /** The start of frame (SOF). */
  frame?: JpegSegment
  /** Headers of the kinds that decide how colours are read. */
  jfif?: JpegSegment
  adobe?: JpegSegment
  /** APP1 and APP2: EXIF, XMP, colour profiles, the index of further pictures, gain map parameters. */
  metadata: JpegSegment[]
  scans: JpegScan[]
  /** Bytes between segments that belong to none, which decoders skip: `[from, to)`. */
  strays: [from: number, to: number][]
  /** Whether the end marker (EOI) was found. */
  hasEnd: boolean
  /** Offset behind the end marker; the length of the bytes if there is none. */
  endAt: number
}

/**
 * Walks over the markers of a JPEG up to its end marker, `max` markers or the end of the file. Compressed pixels are skipped: in
 * them, 0xff is followed by 0 or a restart marker. Source: ITU-T T.81, B.1.1; and `next_marker` in libjpeg's `jdmarker.c`.
 */
export function readJpegLayout(bytes: Buffer, max = Number.POSITIVE_INFINITY): JpegLayout {
  const layout: JpegLayout = {
    segments: 0,
    metadata: [],
    scans: [],
    strays: [],
    hasEnd: false,
    endAt: bytes.length,
  }
  let at = 2
  while (layout.segments <= max && !layout.hasEnd) {
    const found = findMarker(bytes, at, false)
    if (!found) break
    if (found.at > at) layout.strays.push([at, found.at])
    layout.segments++
    layout.hasEnd = found.code === markers.eoi
    at = found.end
    if (layout.hasEnd) layout.endAt = at
    if (isStandalone(found.code)) continue
    if (at + 2 > bytes.length) break
    const length = Math.max(0, bytes.readUInt16BE(at) - 2)
    at = addSegment(layout, bytes, { marker: found.code, at: at + 2, length })
  }
  return layout
}

/** Returns the offset behind the segment and, after the header of a scan, behind its data. */
function addSegment(layout: JpegLayout, bytes: Buffer, segment: JpegSegment): number {
  const { marker, at, length } = segment
  const startsWith = (name: string) => bytes.toString('latin1', at, at + name.length) === name
  if (isFrame(marker)) layout.frame ??= segment
  if (marker === markers.app0 && length >= 14 && startsWith('JFIF\0')) layout.jfif ??= segment
  if (marker === markers.app14 && length >= 12 && startsWith('Adobe')) layout.adobe = segment
  if (marker === markers.app1 || marker === markers.app2) layout.metadata.push(segment)
  if (marker !== markers.sos) return at + length
  const endAt = findMarker(bytes, at + length, true)?.at ?? endOfData(bytes)
  layout.scans.push({ header: segment, endAt })
  return endAt
}

/** Finds the next 0xff, or several, followed by the code of a marker; within the data of a scan, of no restart marker. */
function findMarker(bytes: Buffer, from: number, isInData: boolean) {
  let at = bytes.indexOf(0xff, from)
  while (at >= 0) {
    let end = at + 1
    while (bytes[end] === 0xff) end++
    const code = bytes[end]
    if (code === undefined) return undefined
    if (code !== 0 && !(isInData && isRestart(code))) return { code, at, end: end + 1 }
    // A hostile file has millions of 0xff side by side, for which `indexOf` is slow.
    at = bytes[end + 1] === 0xff ? end + 1 : bytes.indexOf(0xff, end + 1)
  }
  return undefined
}

/** The end of a file that was cut off within a scan, without the first half of a marker. */
function endOfData(bytes: Buffer): number {
  let end = bytes.length
  while (bytes[end - 1] === 0xff) end--
  return end
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which are numbered in between; and SOF55 of JPEG-LS. */
function isFrame(marker: number): boolean {
  return (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7
}

const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7

/** Whether no length and contents follow: TEM, RST0 to RST7, SOI and EOI. */
function isStandalone(marker: number): boolean {
  return marker === 0x01 || isRestart(marker) || marker === markers.soi || marker === markers.eoi
}
