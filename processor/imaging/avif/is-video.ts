import { findBox, readFileBoxes } from '../heif/read-boxes.ts'

/**
 * Whether an AVIF has frames but no still picture, so that browsers do not show it. Source: ISO/IEC 14496-12; a `meta`
 * box describes pictures, a `moov` box frames.
 */
export function isVideo(bytes: Buffer): boolean {
  const boxes = readFileBoxes(bytes)
  return findBox(boxes, 'moov') !== undefined && findBox(boxes, 'meta') === undefined
}
