/** One box of an ISO base media file (AVIF, HEIC). */
export interface Box {
  type: string
  /** The contents, without the header. */
  data: Buffer
}

/** A file has a handful of boxes at its top level. */
const maxFileBoxes = 64

/** The boxes at the top level of a file, up to the first that does not fit. More than 64 are not read. */
export function readFileBoxes(file: Buffer): Box[] {
  return readBoxes(file, maxFileBoxes)
}

/** The boxes in these bytes, up to the first that does not fit. Source: ISO/IEC 14496-12, 4.2. */
export function readBoxes(bytes: Buffer, most = Number.POSITIVE_INFINITY): Box[] {
  const boxes: Box[] = []
  for (let at = 0; at + 8 <= bytes.length && boxes.length < most; ) {
    const type = bytes.toString('latin1', at + 4, at + 8)
    const { headerBytes, boxBytes } = readSize(bytes, at)
    if (boxBytes < headerBytes || at + boxBytes > bytes.length) break
    boxes.push({ type, data: bytes.subarray(at + headerBytes, at + boxBytes) })
    at += boxBytes
  }
  return boxes
}

export function findBox(boxes: readonly Box[], type: string): Buffer | undefined {
  return boxes.find((box) => box.type === type)?.data
}

/** Size 0 means up to the end; size 1 that 64 bits follow the type. */
function readSize(bytes: Buffer, at: number): { headerBytes: number; boxBytes: number } {
  const size = bytes.readUInt32BE(at)
  if (size === 0) return { headerBytes: 8, boxBytes: bytes.length - at }
  if (size !== 1) return { headerBytes: 8, boxBytes: size }
  if (at + 16 > bytes.length) return { headerBytes: 16, boxBytes: 0 }
  return { headerBytes: 16, boxBytes: Number(bytes.readBigUInt64BE(at + 8)) }
}

/** Reads big-endian numbers one after the other. Throws a RangeError behind the end. */
export function createReader(bytes: Buffer, start = 0) {
  let at = start
  return {
    /** A number of so many bytes; 0 bytes are 0. */
    uint(byteLength: number): number {
      let value = 0
      for (let index = 0; index < byteLength; index++) value = value * 256 + bytes.readUInt8(at++)
      return value
    },
    skip(byteLength: number): void {
      at += byteLength
    },
    position: () => at,
  }
}
