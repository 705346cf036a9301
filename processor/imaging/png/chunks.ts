import { crc32 } from 'node:zlib'

/** A chunk of a PNG. Source: Portable Network Graphics (third edition), 5.3. */
export interface PngChunk {
  type: string
  data: Buffer
  /** The whole chunk: length, type, data and checksum. */
  framed: Buffer
}

export const signatureBytes = 8
const headBytes = 8
const checksumBytes = 4

/** The chunks in their order, up to the first incomplete one. */
export function* readChunks(png: Buffer): Generator<PngChunk> {
  for (let at = signatureBytes; at + headBytes + checksumBytes <= png.length; ) {
    const end = at + headBytes + png.readUInt32BE(at) + checksumBytes
    if (end > png.length) return
    const type = png.toString('latin1', at + 4, at + headBytes)
    yield { type, data: png.subarray(at + headBytes, end - checksumBytes), framed: png.subarray(at, end) }
    at = end
  }
}

export function hasValidChecksum({ framed }: PngChunk): boolean {
  return framed.readUInt32BE(framed.length - checksumBytes) === checksumOf(framed)
}

/** Writes the checksum that fits the type and data of a whole chunk. */
export function writeChecksum(framed: Buffer): void {
  framed.writeUInt32BE(checksumOf(framed), framed.length - checksumBytes)
}

/** The checksum of type and data; 5.5. */
function checksumOf(framed: Buffer): number {
  return crc32(framed.subarray(4, framed.length - checksumBytes))
}
