interface GifOptions {
  width: number
  height: number
  frames?: number
  /** The declared size of each frame. The data is always one pixel. */
  frameWidth?: number
  frameHeight?: number
}

/** An animation of one-pixel frames on a canvas of any size. Source: GIF89a, sections 18 to 23. */
export function makeGif(options: GifOptions): Buffer {
  const { width, height, frames = 1, frameWidth = 1, frameHeight = 1 } = options
  const screen = Buffer.from([...uint16(width), ...uint16(height), 0x80, 0, 0, 200, 30, 30, 255, 255, 255])
  const control = [0x21, 0xf9, 4, 0, 5, 0, 0, 0]
  const descriptor = [0x2c, 0, 0, 0, 0, ...uint16(frameWidth), ...uint16(frameHeight), 0]
  const onePixel = [2, 2, 0x44, 1, 0]
  const frame = Buffer.from([...control, ...descriptor, ...onePixel])
  return Buffer.concat([
    Buffer.from('GIF89a'),
    screen,
    Buffer.alloc(frame.length * frames, frame),
    Buffer.from([0x3b]),
  ])
}

function uint16(value: number): number[] {
  return [value & 0xff, value >> 8]
}

/** A rectangle on the canvas in one colour, or in several that repeat. */
interface DrawnFrame {
  area: [left: number, top: number, width: number, height: number]
  /** Palette index, or the indexes of colours that repeat pixel by pixel. */
  color: number | number[]
  /** 1 keeps the frame, 2 clears its area, 3 restores the previous content. */
  disposal?: number
  /** Palette index of the transparent colour. */
  transparent?: number
  /** Milliseconds; at least ten. */
  delay?: number
  /** Number of stored pixels; by default all. */
  storedPixels?: number
}

interface DrawnGif {
  width: number
  height: number
  /** Colours as `rrggbb`. Their number is a power of two. */
  palette: string[]
  frames: DrawnFrame[]
}

/** A GIF with the pixels of each frame. Source: GIF89a. */
export function drawGif({ width, height, palette, frames }: DrawnGif): Buffer {
  const table = Math.log2(palette.length) - 1
  return Buffer.concat([
    Buffer.from('GIF89a'),
    Buffer.from([...uint16(width), ...uint16(height), 0x80 | table, 0, 0]),
    Buffer.from(palette.join(''), 'hex'),
    Buffer.from('\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0', 'latin1'),
    ...frames.map((frame) => drawFrame(frame, Math.max(2, table + 1))),
    Buffer.from([0x3b]),
  ])
}

function drawFrame(frame: DrawnFrame, indexBits: number): Buffer {
  const { area, color, disposal = 0, transparent, delay = 100 } = frame
  const { storedPixels = area[2] * area[3] } = frame
  const colors = [color].flat()
  const pixels = Array.from({ length: storedPixels }, (_, at) => colors[at % colors.length] ?? 0)
  const flags = (disposal << 2) | (transparent === undefined ? 0 : 1)
  return Buffer.concat([
    Buffer.from([0x21, 0xf9, 4, flags, ...uint16(delay / 10), transparent ?? 0, 0]),
    Buffer.from([0x2c, ...area.flatMap(uint16), 0]),
    compressPixels(pixels, indexBits),
  ])
}

/** Uncompressed LZW: clears the dictionary before its codes grow. Source: GIF89a, appendix F. */
function compressPixels(pixels: number[], indexBits: number): Buffer {
  const clear = 1 << indexBits
  const codes = pixels.flatMap((pixel, at) => (at % (clear - 2) === 0 ? [clear, pixel] : [pixel]))
  const bits = [...codes, clear + 1].map((code) => code.toString(2).padStart(indexBits + 1, '0'))
  const stream = bits.toReversed().join('')
  const bytes = Array.from({ length: Math.ceil(stream.length / 8) }, (_, at) =>
    Number.parseInt(stream.slice(-8 * (at + 1), -8 * at || undefined), 2),
  )
  const blocks: number[] = []
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.slice(at, at + 255)
    blocks.push(block.length, ...block)
  }
  return Buffer.from([indexBits, ...blocks, 0])
}
