/** A frame of a GIF and where its parts are in the file. Source: GIF89a, sections 18 to 23. */
export interface GifFrame extends Rectangle {
  /** Whether one colour of the frame is transparent. */
  hasTransparentColor: boolean
  /** What happens to the frame's area before the next frame is drawn; 2 clears it. */
  disposal: number
  /** Position of the flags in the frame's graphic control extension, if it has one. */
  flagsAt?: number
  /** Position of the compressed pixels. */
  pixelsAt: number
  /** Position after the frame. */
  endsAt: number
}

export interface Rectangle {
  left: number
  top: number
  width: number
  height: number
}

const introducer = { extension: 0x21, image: 0x2c }
const graphicControl = 0xf9
const screenBytes = 13

/** The canvas on which all frames are drawn. Damaged files can claim an empty one. */
export function readCanvas(bytes: Buffer): Rectangle {
  if (bytes.length < screenBytes) return { left: 0, top: 0, width: 0, height: 0 }
  return { left: 0, top: 0, width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
}

/** Position of the first extension or frame. */
export function findFirstBlock(bytes: Buffer): number {
  return screenBytes + readTableBytes(bytes[10])
}

/** The frames in their order. It stops where the file is truncated or damaged, as the decoder does. */
export function* readFrames(bytes: Buffer): Generator<GifFrame> {
  let control = readControl(undefined)
  for (let at = findFirstBlock(bytes); at < bytes.length; ) {
    if (bytes[at] === introducer.extension) {
      if (bytes[at + 1] === graphicControl && at + 7 < bytes.length) control = readControl(bytes, at, control)
      at = skipSubBlocks(bytes, at + 2)
    } else if (bytes[at] === introducer.image && at + 10 < bytes.length) {
      const pixelsAt = at + 10 + readTableBytes(bytes[at + 9])
      const endsAt = skipSubBlocks(bytes, pixelsAt + 1)
      yield { ...control, ...readRectangle(bytes, at + 1), pixelsAt, endsAt }
      control = readControl(undefined)
      at = endsAt
    } else {
      return
    }
  }
}

type Control = Pick<GifFrame, 'hasTransparentColor' | 'disposal' | 'flagsAt'>

/** A frame can have several of these extensions. The decoder keeps the transparent colour of an earlier one. */
function readControl(bytes: Buffer | undefined, at = 0, earlier?: Control): Control {
  if (!bytes) return { hasTransparentColor: false, disposal: 0 }
  const flagsAt = at + 3
  const flags = bytes[flagsAt] ?? 0
  return {
    hasTransparentColor: (flags & 1) === 1 || earlier?.hasTransparentColor === true,
    disposal: (flags >> 2) & 7,
    flagsAt,
  }
}

function readRectangle(bytes: Buffer, at: number): Rectangle {
  return {
    left: bytes.readUInt16LE(at),
    top: bytes.readUInt16LE(at + 2),
    width: bytes.readUInt16LE(at + 4),
    height: bytes.readUInt16LE(at + 6),
  }
}

function readTableBytes(flags = 0): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
}

function skipSubBlocks(bytes: Buffer, start: number): number {
  let at = start
  for (let size = bytes[at] ?? 0; size > 0; size = bytes[at] ?? 0) at += size + 1
  return at + 1
}
