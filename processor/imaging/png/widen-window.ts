import { hasValidChecksum, readChunks, writeChecksum } from './chunks.ts'

const deflate = 8
const widest = 7

/**
 * Declares the largest window for the compressed pixels. Some programs declare a smaller one than they used, for which zlib rejects the
 * file; browsers ignore the declared size. Source: RFC 1950, section 2.2.
 */
export function widenWindow(png: Buffer): Buffer {
  for (const chunk of readChunks(png)) {
    if (chunk.type !== 'IDAT') continue
    const [method = 0, flags = 0] = chunk.data
    const isZlib = (method & 0x0f) === deflate && ((method << 8) | flags) % 31 === 0
    if (!isZlib || method >> 4 >= widest || !hasValidChecksum(chunk)) return png

    const start = chunk.framed.byteOffset - png.byteOffset
    const widened = Buffer.from(png)
    const framed = widened.subarray(start, start + chunk.framed.length)
    writeZlibHead(framed, 8, (widest << 4) | deflate, flags)
    writeChecksum(framed)
    return widened
  }
  return png
}

/** The last five bits of the flags make both bytes a multiple of 31. */
function writeZlibHead(framed: Buffer, at: number, method: number, flags: number): void {
  const head = (method << 8) | (flags & 0xe0)
  framed.writeUInt16BE(head + 31 - (head % 31), at)
}
