import { constants, crc32, deflateRawSync } from 'node:zlib'

/** A black 1-bit PNG with few bytes for any number of pixels. With many pixels it is a decompression bomb. */
export function makeBlankPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.writeUInt8(1, 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateZeros(height * (1 + Math.ceil(width / 8)))),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

/** Compresses zeros to a zlib stream without allocating them: equal blocks have equal deflate data. Source: RFC 1950, RFC 1951. */
function deflateZeros(byteLength: number): Buffer {
  const blockBytes = 1 << 20
  const deflate = (length: number) =>
    deflateRawSync(Buffer.alloc(length), { level: 9, finishFlush: constants.Z_FULL_FLUSH })
  const block = deflate(blockBytes)
  const blocks = Math.floor(byteLength / blockBytes)
  const header = Buffer.from([0x78, 0xda])
  const emptyLastBlock = Buffer.from([3, 0])
  const adler32 = Buffer.alloc(4)
  adler32.writeUInt16BE(byteLength % 65_521, 0)
  adler32.writeUInt16BE(1, 2)
  const body = Buffer.alloc(block.length * blocks, block)
  return Buffer.concat([header, body, deflate(byteLength % blockBytes), emptyLastBlock, adler32])
}

export function pngChunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(typed.length + 8)
  framed.writeUInt32BE(data.length, 0)
  typed.copy(framed, 4)
  framed.writeUInt32BE(crc32(typed), typed.length + 4)
  return framed
}
