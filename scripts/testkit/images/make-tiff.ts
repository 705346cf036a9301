import { deflateSync } from 'node:zlib'

interface TiffOptions {
  width: number
  height: number
  /** Raw pixels of one page, row by row; zeros by default. */
  pixels?: Buffer
  channels?: number
  bits?: 8 | 16 | 32 | 64
  /** 1 unsigned, 2 signed, 3 floating point. */
  sampleFormat?: 1 | 2 | 3
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK, 8 CIELAB. */
  photometric?: number
  pages?: number
  /** Additional or overridden tags of every page. */
  tags?: TiffTags
  /** Additional or overridden tags of the first page. */
  firstPageTags?: TiffTags
  /** Target of the last page's pointer to the next page; a valid file has none. */
  afterLast?: 'nowhere' | 'first page'
}

/** Values by tag: one number, or two 16-bit numbers. */
export type TiffTags = Record<number, number | [number, number]>

type Entry = [tag: number, type: number, count: number, value: number]

const short = 3
const long = 4

/** A little-endian TIFF whose pages share one deflated strip. Source: TIFF 6.0, sections 2 and 3. */
export function makeTiff(options: TiffOptions): Buffer {
  const { width, height, channels = 3, bits = 8, sampleFormat = 1, photometric = 2, pages = 1 } = options
  const { pixels = Buffer.alloc((width * height * channels * bits) / 8), afterLast = 'nowhere' } = options
  const strip = deflateSync(pixels)
  const listed = (value: number) => Buffer.from(Uint16Array.from({ length: channels }, () => value).buffer)
  const parts: Buffer[] = [Buffer.from('II*\0\0\0\0\0', 'latin1'), strip, Buffer.alloc(strip.length % 2)]
  const bitsAt = parts.reduce((sum, part) => sum + part.length, 0)
  const formatsAt = bitsAt + channels * 2
  parts.push(listed(bits), listed(sampleFormat))
  const firstAt = formatsAt + channels * 2
  const inline = channels <= 2
  const packed = (value: number, at: number) => (inline ? value | (((channels - 1) * value) << 16) : at)

  const entries: Entry[] = [
    [256, long, 1, width],
    [257, long, 1, height],
    [258, short, channels, packed(bits, bitsAt)],
    [259, short, 1, 8],
    [262, short, 1, photometric],
    [273, long, 1, 8],
    [277, short, 1, channels],
    [278, long, 1, height],
    [279, long, 1, strip.length],
    [339, short, channels, packed(sampleFormat, formatsAt)],
  ]
  let nextAt = firstAt
  for (let page = 0; page < pages; page++) {
    const directory = makeDirectory(entries, { ...options.tags, ...(page === 0 && options.firstPageTags) })
    nextAt += directory.length
    const last = afterLast === 'first page' ? firstAt : 0
    directory.writeUInt32LE(page + 1 < pages ? nextAt : last, directory.length - 4)
    parts.push(directory)
  }
  const tiff = Buffer.concat(parts)
  tiff.writeUInt32LE(firstAt, 4)
  return tiff
}

function makeDirectory(entries: readonly Entry[], tags: TiffTags): Buffer {
  const others = Object.entries(tags).map(([tag, values]) => toEntry(Number(tag), values))
  const replaced = new Set(others.map(([tag]) => tag))
  const all = [...entries.filter(([tag]) => !replaced.has(tag)), ...others].sort(([a], [b]) => a - b)
  const directory = Buffer.alloc(2 + all.length * 12 + 4)
  directory.writeUInt16LE(all.length, 0)
  for (const [index, [tag, type, count, value]] of all.entries()) {
    const at = 2 + index * 12
    directory.writeUInt16LE(tag, at)
    directory.writeUInt16LE(type, at + 2)
    directory.writeUInt32LE(count, at + 4)
    directory.writeUInt32LE(value, at + 8)
  }
  return directory
}

function toEntry(tag: number, values: number | [number, number]): Entry {
  if (typeof values === 'number') return [tag, long, 1, values]
  return [tag, short, 2, values[0] | (values[1] << 16)]
}
