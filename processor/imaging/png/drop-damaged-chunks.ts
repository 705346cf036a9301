import { hasValidChecksum, type PngChunk, readChunks } from './chunks.ts'

/**
 * Leaves out ancillary chunks with a wrong checksum, for which libvips rejects the file or which it applies. Browsers show the picture
 * without them. Source: Portable Network Graphics (third edition), 5.4 and 13.2.
 */
export function dropDamagedChunks(png: Buffer): Buffer {
  const damaged = [...readChunks(png)].filter((chunk) => isAncillary(chunk) && !hasValidChecksum(chunk))
  if (damaged.length === 0) return png
  const kept: Buffer[] = []
  let from = 0
  for (const { framed } of damaged) {
    const at = framed.byteOffset - png.byteOffset
    kept.push(png.subarray(from, at))
    from = at + framed.length
  }
  return Buffer.concat([...kept, png.subarray(from)])
}

/** The first letter of the type is lower-case. */
const isAncillary = ({ type }: PngChunk): boolean => type.charCodeAt(0) >= 97
