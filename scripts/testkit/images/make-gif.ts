interface GifOptions {
  width: number
  height: number
  frames?: number
  /** Of each frame; the pixels that the frame has are 1×1 all the same. */
  frameWidth?: number
  frameHeight?: number
}

/** An animation of frames of one pixel on a canvas of any size. Source: GIF89a, sections 18 to 23. */
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

function uint16(value: number): [number, number] {
  return [value & 0xff, value >> 8]
}
