import { tags } from './tags.ts'

/** The values of the numeric tags that are used here, of one page. */
export type TiffDirectory = ReadonlyMap<number, readonly number[]>

const usedTags = new Set<number>(Object.values(tags))

/** The most values that are kept of one tag. */
const maxValues = 16

/** Bytes of a number by TIFF's field types: BYTE, SHORT, LONG, IFD, and BigTIFF's LONG8 and IFD8. */
const bytesOfType = new Map<number, 1 | 2 | 4 | 8>([
  [1, 1],
  [3, 2],
  [4, 4],
  [13, 4],
  [16, 8],
  [18, 8],
])

/**
 * The offsets of a TIFF's directories, one per page, in the order of its chain. A circular chain never ends.
 * Source: TIFF 6.0, section 2; and BigTIFF, whose numbers are twice as wide.
 */
export function* findDirectories(bytes: Buffer): Generator<number> {
  const { read, offsetWidth, countWidth, entryBytes, firstPointer } = layoutOf(bytes)
  for (let at = read(firstPointer, offsetWidth); at > 0; ) {
    yield at
    const entries = read(at, countWidth)
    at = read(at + countWidth + entries * entryBytes, offsetWidth)
  }
}

/** Reads the directory at this offset as far as the file goes. */
export function readDirectory(bytes: Buffer, at: number): TiffDirectory {
  const { read, offsetWidth, countWidth, entryBytes } = layoutOf(bytes)
  const directory = new Map<number, number[]>()
  const firstEntry = at + countWidth
  const end = Math.min(firstEntry + read(at, countWidth) * entryBytes, bytes.length)
  for (let entry = firstEntry; entry + entryBytes <= end; entry += entryBytes) {
    const tag = read(entry, 2)
    const width = bytesOfType.get(read(entry + 2, 2))
    const count = read(entry + 4, offsetWidth)
    // As in libtiff, the first of several equal tags is used.
    if (!usedTags.has(tag) || directory.has(tag) || !width || count === 0) continue
    const inlineAt = entry + 4 + offsetWidth
    const valuesAt = count * width <= offsetWidth ? inlineAt : read(inlineAt, offsetWidth)
    const values = Array.from({ length: Math.min(count, maxValues) }, (_, index) =>
      read(valuesAt + index * width, width),
    )
    directory.set(tag, values)
  }
  return directory
}

/** Reads the directory of the first page; an empty one when there is none. */
export function readFirstDirectory(bytes: Buffer): TiffDirectory {
  const first = findDirectories(bytes).next()
  return first.done ? new Map() : readDirectory(bytes, first.value)
}

function layoutOf(bytes: Buffer) {
  const isLittle = bytes[0] === 0x49
  const isBig = (isLittle ? bytes[2] : bytes[3]) === 0x2b
  const read = (at: number, width: 1 | 2 | 4 | 8) => readUnsigned(bytes, at, width, isLittle)
  return isBig
    ? ({ read, firstPointer: 8, offsetWidth: 8, countWidth: 8, entryBytes: 20 } as const)
    : ({ read, firstPointer: 4, offsetWidth: 4, countWidth: 2, entryBytes: 12 } as const)
}

/** Reads a number, or 0, which ends every chain, beyond the end of the file. */
function readUnsigned(bytes: Buffer, at: number, width: 1 | 2 | 4 | 8, isLittle: boolean): number {
  if (at + width > bytes.length) return 0
  if (width === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at))
  return isLittle ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width)
}
