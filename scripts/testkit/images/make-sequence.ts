import { box, fullBox, uint16, uint32 } from '../../../processor/imaging/heif/write-heif.ts'
import { type Av1Image, type AvifOptions, nclxData } from './make-avif.ts'

type SequenceOptions = Pick<
  AvifOptions,
  'width' | 'height' | 'image' | 'alpha' | 'isPremultiplied' | 'nclx'
> & {
  /** An AVIF with the still image of the sequence. */
  still: Buffer
}

/**
 * A minimal AVIF sequence: a still image and tracks of one frame each, with only the boxes that a decoder needs to find and interpret the
 * frames. Source: ISO/IEC 14496-12, 8.3 to 8.7; AV1 Image File Format, section 3.
 */
export function makeSequence({
  still,
  image,
  alpha,
  isPremultiplied,
  nclx,
  ...size
}: SequenceOptions): Buffer {
  const frames = alpha ? [image, alpha] : [image]
  const behindBrand = still.subarray(still.readUInt32BE(0))
  // As long as the box that it replaces, so that the offsets of the still image stay valid.
  const ftyp = box(
    'ftyp',
    Buffer.from('avis\0\0\0\0avif'.padEnd(still.readUInt32BE(0) - 8, 'mif1'), 'latin1'),
  )
  const dataAt = ftyp.length + behindBrand.length + 8
  const color = [...(nclx ? [box('colr', Buffer.from('nclx'), nclxData(nclx))] : [])]
  const premultiplied = isPremultiplied ? [box('tref', box('prem', uint32(2)))] : []
  const auxiliary = fullBox('auxi', Buffer.from('urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0'))
  const tracks = [
    makeTrack({ id: 1, handler: 'pict', frame: image, at: dataAt, boxes: color, references: premultiplied }),
  ]
  if (alpha) {
    const at = dataAt + image.payload.length
    const references = [box('tref', box('auxl', uint32(1)))]
    tracks.push(makeTrack({ id: 2, handler: 'auxv', frame: alpha, at, boxes: [auxiliary], references }))
  }
  const mdat = box('mdat', ...frames.map(({ payload }) => payload))
  return Buffer.concat([ftyp, behindBrand, mdat, box('moov', ...tracks)])

  function makeTrack({ id, handler, frame, at, boxes, references }: TrackOptions): Buffer {
    const entry = box(
      'av01',
      Buffer.alloc(24),
      uint16(size.width),
      uint16(size.height),
      Buffer.alloc(50),
      box('av1C', frame.av1C),
      ...boxes,
    )
    const samples = box(
      'stbl',
      fullBox('stsd', uint32(1), entry),
      fullBox('stsz', uint32(0), uint32(1), uint32(frame.payload.length)),
      fullBox('stco', uint32(1), uint32(at)),
    )
    const media = box(
      'mdia',
      fullBox('hdlr', uint32(0), Buffer.from(handler), Buffer.alloc(13)),
      box('minf', samples),
    )
    return box(
      'trak',
      fullBox('tkhd', uint32(0), uint32(0), uint32(id), Buffer.alloc(68)),
      ...references,
      media,
    )
  }
}

interface TrackOptions {
  id: number
  handler: string
  frame: Av1Image
  /** Offset of the frame in the file. */
  at: number
  /** Boxes of the sample entry, in addition to `av1C`. */
  boxes: Buffer[]
  references: Buffer[]
}
