import { Rejection } from '../../../core/errors.ts'
import type { JpegLayout } from './read-layout.ts'
import { type JpegFrame, judgeScans, readFrame } from './read-scans.ts'

/** Cameras write a few segments; large colour profiles and extended XMP need some hundreds. */
export const maxSegments = 100_000

const exportIt = 'Export the image as an ordinary JPEG with 8 bits per channel, or as PNG.'

/** Unsupported processes by the marker of the start of frame. Source: ITU-T T.81, table B.1; ITU-T T.87. */
const unsupportedProcesses = new Map([
  [0xc3, 'a lossless JPEG'],
  [0xc5, 'a hierarchical JPEG'],
  [0xc6, 'a hierarchical JPEG'],
  [0xc7, 'a hierarchical JPEG'],
  [0xcb, 'a lossless JPEG'],
  [0xcd, 'a hierarchical JPEG'],
  [0xce, 'a hierarchical JPEG'],
  [0xcf, 'a hierarchical JPEG'],
  [0xf7, 'a JPEG-LS image'],
])

/**
 * Rejects a JPEG that the decoder cannot read, that lacks whole components, or whose segments would take too much memory: libvips
 * keeps every segment, even empty ones, and ten million of four bytes take 3 GB.
 * @throws Rejection
 */
export function checkJpeg(bytes: Buffer, layout: JpegLayout): void {
  if (layout.segments > maxSegments) {
    throw new Rejection('image_corrupt', `The JPEG has more than ${maxSegments} segments of metadata.`)
  }
  const frame = layout.frame && readFrame(bytes, layout.frame)
  if (!frame) return
  const finding = findUnsupported(frame)
  if (finding) throw new Rejection('pixel_format_unsupported', `The image ${finding}. ${exportIt}`)
  if (judgeScans(bytes, frame, layout) === 'missing') throw new Rejection('image_corrupt')
}

function findUnsupported({ process, bitsPerChannel, components }: JpegFrame): string | undefined {
  const kind = unsupportedProcesses.get(process)
  if (kind) return `is ${kind}, which is not accepted`
  if (bitsPerChannel !== 8) return `is a JPEG of ${bitsPerChannel} bits per channel, which is not accepted`
  if (![1, 3, 4].includes(components.length))
    return `is a JPEG of ${components.length} channels, which is not accepted`
  return undefined
}
