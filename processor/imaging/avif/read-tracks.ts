import { type Box, createReader, findBox, readBoxes, readFileBoxes } from '../heif/read-boxes.ts'

/** A track of AV1 frames in an AVIF sequence. */
export interface Track {
  id: number
  /** `pict` or `vide` for colours, `auxv` for auxiliary data such as alpha. */
  handler: string
  /** Pixels of a frame. */
  width: number
  height: number
  /** Boxes of the sample entry, such as `av1C`, `colr` and `auxi`. */
  properties: Box[]
  /** References to other tracks: `auxl` from alpha to colours, `prem` from colours to alpha. */
  references: { type: string; to: number[] }[]
  /** The data of the first frame, as far as it is in the file. */
  firstFrame: Buffer
}

/** Bytes of a `VisualSampleEntry` before its boxes. */
const sampleEntryBytes = 78

/**
 * The tracks of AV1 frames that have at least one. Source: ISO/IEC 14496-12, 8.3 to 8.7 and 12.1.3; AV1 Image File Format, section 3.
 * @throws RangeError when a box is shorter than its declared size
 */
export function readTracks(file: Buffer): Track[] {
  const moov = findBox(readFileBoxes(file), 'moov')
  if (!moov) return []
  const tracks = readBoxes(moov).filter(({ type }) => type === 'trak')
  return tracks.flatMap(({ data }) => readTrack(readBoxes(data), file) ?? [])
}

function readTrack(boxes: Box[], file: Buffer): Track | undefined {
  const media = readBoxes(findBox(boxes, 'mdia') ?? none)
  const information = readBoxes(findBox(media, 'minf') ?? none)
  const samples = readBoxes(findBox(information, 'stbl') ?? none)
  const entry = findBox(readBoxes((findBox(samples, 'stsd') ?? none).subarray(8)), 'av01')
  const firstFrame = readFirstSample(samples, file)
  if (!entry || !firstFrame) return undefined
  return {
    id: readTrackId(findBox(boxes, 'tkhd') ?? none),
    handler: (findBox(media, 'hdlr') ?? none).toString('latin1', 8, 12),
    width: entry.readUInt16BE(24),
    height: entry.readUInt16BE(26),
    properties: readBoxes(entry.subarray(sampleEntryBytes)),
    references: readBoxes(findBox(boxes, 'tref') ?? none).map(({ type, data }) => ({
      type,
      to: Array.from({ length: data.length >> 2 }, (_, index) => data.readUInt32BE(index * 4)),
    })),
    firstFrame,
  }
}

const none = Buffer.alloc(0)

/** Version 1 has times of 64 bits. */
function readTrackId(header: Buffer): number {
  return header.readUInt32BE(header.readUInt8(0) === 1 ? 20 : 12)
}

/** The first sample is the first of the first chunk. */
function readFirstSample(samples: Box[], file: Buffer): Buffer | undefined {
  const [offsets, wide] = [findBox(samples, 'stco'), findBox(samples, 'co64')]
  const sizes = findBox(samples, 'stsz')
  const chunks = offsets ?? wide
  if (!chunks || !sizes || chunks.readUInt32BE(4) === 0 || sizes.readUInt32BE(8) === 0) return undefined
  const start = createReader(chunks, 8).uint(offsets ? 4 : 8)
  const length = sizes.readUInt32BE(4) || sizes.readUInt32BE(12)
  return file.subarray(start, start + length)
}
