import { promisify } from 'node:util'
import { constants, gunzip, gzip, zstdDecompress } from 'node:zlib'
import kafkajs from 'kafkajs'
import { uncompress as decompressSnappyBlock } from 'snappyjs'
import { decompressLz4 } from './decompress-lz4.ts'

const { CompressionCodecs, CompressionTypes } = kafkajs
const gzipAsync = promisify(gzip)
const gunzipAsync = promisify(gunzip)
const zstdDecompressAsync = promisify(zstdDecompress)

/** Bounds the memory that one batch takes: one kilobyte of zstd can hold 30 MB. */
const maxOutputLength = 33_554_432

const decompressors = {
  [CompressionTypes.GZIP]: (bytes: Buffer) => gunzipAsync(bytes, { maxOutputLength }),
  [CompressionTypes.Snappy]: async (bytes: Buffer) => decompressSnappy(bytes),
  [CompressionTypes.LZ4]: async (bytes: Buffer) => decompressLz4(bytes, maxOutputLength),
  [CompressionTypes.ZSTD]: (bytes: Buffer) => zstdDecompressAsync(bytes, { maxOutputLength }),
} as const

/** The names of the codecs, by their number in the attributes of a batch. */
export const codecNames: Record<number, string | undefined> = {
  [CompressionTypes.None]: 'none',
  [CompressionTypes.GZIP]: 'gzip',
  [CompressionTypes.Snappy]: 'snappy',
  [CompressionTypes.LZ4]: 'lz4',
  [CompressionTypes.ZSTD]: 'zstd',
}

/** A batch of 32 events takes a third of the CPU of the default level, and 3 % more bytes. */
const fastest = { level: constants.Z_BEST_SPEED }

/** Lets kafkajs, which has only gzip, read every codec of Kafka, up to 32 MiB per batch. Producers keep to gzip. */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => gzipAsync(buffer, fastest),
    decompress: decompressors[CompressionTypes.GZIP],
  })
  for (const type of [CompressionTypes.Snappy, CompressionTypes.LZ4, CompressionTypes.ZSTD] as const) {
    CompressionCodecs[type] = () => ({ decompress: decompressors[type] })
  }
}

/** The magic bytes of snappy-java, which it and some other producers put before their blocks, and a version. */
const snappyJavaMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
const snappyJavaHeaderBytes = 16

/** Java producers and brokers write blocks after their lengths; librdkafka and others write one block without a frame. */
function decompressSnappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, snappyJavaMagic.length).equals(snappyJavaMagic)) {
    return decompressSnappyBlock(bytes, maxOutputLength)
  }
  const blocks: Buffer[] = []
  let room = maxOutputLength
  for (let at = snappyJavaHeaderBytes; at < bytes.length; ) {
    const start = at + 4
    const end = start + bytes.readUInt32BE(at)
    const block = decompressSnappyBlock(bytes.subarray(start, end), room)
    blocks.push(block)
    room -= block.length
    at = end
  }
  return Buffer.concat(blocks)
}
