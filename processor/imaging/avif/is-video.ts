/**
 * Whether an AVIF has frames and no picture that stands for them. The decoder reads pictures only. Source: ISO/IEC 14496-12; a `meta`
 * box describes pictures, a `moov` box frames.
 */
export function isVideo(bytes: Buffer): boolean {
  const boxes = readBoxTypes(bytes)
  return boxes.includes('moov') && !boxes.includes('meta')
}

/** A file has a handful of boxes at its top level. */
const maxBoxes = 64

function readBoxTypes(bytes: Buffer): string[] {
  const types: string[] = []
  for (let at = 0; at + 16 <= bytes.length && types.length < maxBoxes; ) {
    types.push(bytes.toString('latin1', at + 4, at + 8))
    const size = bytes.readUInt32BE(at)
    const byteLength = size === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : size
    if (byteLength < 8) break
    at += byteLength
  }
  return types
}
