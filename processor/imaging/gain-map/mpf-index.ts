/** The namespace at the start of an APP2 segment with the index of a file's pictures. Source: CIPA DC-007 (Multi-Picture Format), 5.2. */
export const mpfNamespace = 'MPF\0'

const entriesTag = 0xb002
const entryBytes = 16
/** Real files have two or three pictures. */
const maxEntries = 16
const maxTags = 64

/**
 * Offsets of the pictures in an index, relative to the index itself: to the first byte behind the namespace. The first picture has 0.
 * @returns an empty list for an index that is broken
 */
export function readMpfOffsets(index: Buffer): number[] {
  const isLittle = index.toString('latin1', 0, 2) === 'II'
  const uint = (at: number, byteLength: number) =>
    isLittle ? index.readUIntLE(at, byteLength) : index.readUIntBE(at, byteLength)
  try {
    const directoryAt = uint(4, 4)
    const tags = Math.min(uint(directoryAt, 2), maxTags)
    const tagAt = Array.from({ length: tags }, (_, tag) => directoryAt + 2 + tag * 12).find(
      (at) => uint(at, 2) === entriesTag,
    )
    if (tagAt === undefined) return []
    const entries = Math.min(Math.floor(uint(tagAt + 4, 4) / entryBytes), maxEntries)
    const entriesAt = uint(tagAt + 8, 4)
    return Array.from({ length: entries }, (_, entry) => uint(entriesAt + entry * entryBytes + 8, 4))
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

const entriesAt = 8 + 2 + 3 * 12 + 4
const mpfBytes = entriesAt + 2 * entryBytes

/** An index of a picture and its gain map. @param gainMapAt relative to the index, as in `readMpfOffsets` */
export function writeMpfIndex(pictureBytes: number, gainMapBytes: number, gainMapAt: number): Buffer {
  const index = Buffer.alloc(mpfBytes)
  index.write('MM\0*\0\0\0\x08\0\x03', 'latin1')
  const writeTag = (at: number, [tag, type, count]: [number, number, number], value: number | string) => {
    index.writeUInt16BE(tag, at)
    index.writeUInt16BE(type, at + 2)
    index.writeUInt32BE(count, at + 4)
    if (typeof value === 'string') index.write(value, at + 8, 'latin1')
    else index.writeUInt32BE(value, at + 8)
  }
  writeTag(10, [0xb000, 7, 4], '0100')
  writeTag(22, [0xb001, 4, 1], 2)
  writeTag(34, [entriesTag, 7, 2 * entryBytes], entriesAt)
  const primaryType = 0x030000
  index.writeUInt32BE(primaryType, entriesAt)
  index.writeUInt32BE(pictureBytes, entriesAt + 4)
  index.writeUInt32BE(gainMapBytes, entriesAt + entryBytes + 4)
  index.writeUInt32BE(gainMapAt, entriesAt + entryBytes + 8)
  return index
}
