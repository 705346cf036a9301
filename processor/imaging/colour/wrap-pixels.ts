/** RGB pixels in the encoding of their image. */
export interface StoredPixels {
  data: Buffer
  width: number
  height: number
  /** 3, or 4 with alpha. */
  channels: number
  /** Bits per channel; 16 in the byte order of the machine. */
  bits: 8 | 16
}

const short = 3
const long = 4
const undefinedBytes = 7

/**
 * An uncompressed TIFF around pixels, the only way to give sharp pixels with a profile and an orientation. Source: TIFF 6.0, 2 and 6;
 * ICC.1:2022, B.4.
 */
export function wrapPixels(pixels: StoredPixels, profile: Buffer | undefined, orientation = 1): Buffer {
  const { data, width, height, channels, bits } = pixels
  const entries: [tag: number, type: number, values: number[] | Buffer][] = [
    [256, long, [width]],
    [257, long, [height]],
    [258, short, Array(channels).fill(bits)],
    [259, short, [1]],
    [262, short, [2]],
    [273, long, [0]],
    [274, short, [orientation]],
    [277, short, [channels]],
    [278, long, [height]],
    [279, long, [data.length]],
  ]
  if (channels === 4) entries.push([338, short, [2]])
  if (profile) entries.push([34_675, undefinedBytes, profile])
  return layOut(entries, data)
}

function layOut(entries: [tag: number, type: number, values: number[] | Buffer][], pixels: Buffer): Buffer {
  const directory = Buffer.alloc(2 + entries.length * 12 + 4)
  directory.writeUInt16LE(entries.length)
  const extras: Buffer[] = []
  let end = 8 + directory.length
  for (const [index, [tag, type, values]] of entries.entries()) {
    const at = 2 + index * 12
    const bytes = Buffer.isBuffer(values) ? values : Buffer.from(new Uint16Array(values).buffer)
    directory.writeUInt16LE(tag, at)
    directory.writeUInt16LE(type, at + 2)
    directory.writeUInt32LE(values.length, at + 4)
    if (type === long) directory.writeUInt32LE(Number(values[0]), at + 8)
    else if (bytes.length <= 4) bytes.copy(directory, at + 8)
    else {
      directory.writeUInt32LE(end, at + 8)
      const padded = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)])
      extras.push(padded)
      end += padded.length
    }
  }
  const stripOffset = 2 + entries.findIndex(([tag]) => tag === 273) * 12 + 8
  directory.writeUInt32LE(end, stripOffset)
  const header = Buffer.from('II*\0\x08\0\0\0', 'latin1')
  return Buffer.concat([header, directory, ...extras, pixels])
}
