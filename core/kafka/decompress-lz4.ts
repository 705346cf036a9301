const magic = 0x184d2204
const hasBlockChecksums = 0x10
const hasContentSize = 0x08
const isStored = 0x8000_0000
/** Maximum block size by its number in the frame's descriptor. */
const maxBlockBytes: Record<number, number> = { 4: 65_536, 5: 262_144, 6: 1_048_576, 7: 4_194_304 }
const minMatchBytes = 4

/**
 * Decompresses an LZ4 frame. Checksums in the frame are not verified.
 *
 * Sources: "LZ4 Frame Format Description" and "LZ4 Block Format Description", https://github.com/lz4/lz4/tree/dev/doc
 * @throws Error when the frame is damaged, or its content is larger than `maxBytes`
 */
export function decompressLz4(frame: Buffer, maxBytes: number): Buffer {
  if (frame.readUInt32LE(0) !== magic) throw new Error('not an LZ4 frame')
  const flags = frame.readUInt8(4)
  const blockBytes = maxBlockBytes[frame.readUInt8(5) >> 4]
  if (flags >> 6 !== 1 || !blockBytes) throw new Error('unknown kind of LZ4 frame')
  const checksumBytes = flags & hasBlockChecksums ? 4 : 0
  let output: Buffer = Buffer.alloc(0)
  let length = 0
  for (let at = flags & hasContentSize ? 15 : 7; ; ) {
    const size = frame.readUInt32LE(at)
    if (size === 0) return output.subarray(0, length)
    const block = slice(frame, at + 4, size & ~isStored)
    output = makeRoom(output, length, blockBytes)
    length = size & isStored ? append(output, length, block) : decompressBlock(block, output, length)
    if (length > maxBytes) throw new Error(`larger than ${maxBytes} bytes`)
    at += 4 + block.length + checksumBytes
  }
}

/** A block is a row of sequences: a token, literals, and a match, which repeats bytes of the output. The last one has no match. */
function decompressBlock(block: Buffer, output: Buffer, start: number): number {
  let at = 0
  let length = start

  function readLength(nibble: number): number {
    let total = nibble
    for (let more = nibble === 15; more; ) {
      const byte = block.readUInt8(at++)
      total += byte
      more = byte === 255
    }
    return total
  }

  for (;;) {
    const token = block.readUInt8(at++)
    const literalCount = readLength(token >> 4)
    length = append(output, length, slice(block, at, literalCount))
    at += literalCount
    if (at === block.length) return length
    const distance = block.readUInt16LE(at)
    at += 2
    length = repeat(output, length, { distance, count: readLength(token & 15) + minMatchBytes })
  }
}

function append(output: Buffer, length: number, bytes: Buffer): number {
  if (length + bytes.length > output.length) throw damaged()
  return length + bytes.copy(output, length)
}

/** Repeats the bytes that start `distance` before the end. They may overlap with the copy: a distance of 1 repeats one byte. */
function repeat(output: Buffer, length: number, { distance, count }: { distance: number; count: number }) {
  const end = length + count
  if (distance === 0 || distance > length || end > output.length) throw damaged()
  for (let at = length; at < end; at++) output[at] = output[at - distance] as number
  return end
}

function slice(bytes: Buffer, from: number, size: number): Buffer {
  if (from + size > bytes.length) throw damaged()
  return bytes.subarray(from, from + size)
}

function makeRoom(output: Buffer, length: number, wanted: number): Buffer {
  if (output.length - length >= wanted) return output
  const larger = Buffer.alloc(Math.max(output.length * 2, length + wanted))
  output.copy(larger, 0, 0, length)
  return larger
}

const damaged = () => new Error('damaged LZ4 frame')
