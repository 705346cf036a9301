import { srgbPrimaries } from './chromaticities.ts'
import type { Chromaticities, ColourEncoding } from './colour-encoding.ts'
import { apply, d50, rgbToXyz, type Vector } from './matrices.ts'
import { createToneMap } from './tone-map.ts'

const curveEntries = 4096
const gridPoints = 33

/**
 * An ICC profile that converts from this encoding, so that LittleCMS does the work: of matrix and curves for SDR, of a table with
 * the tone mapping for HDR. Source: ICC.1:2001-04.
 */
export function makeProfile(encoding: ColourEncoding): Buffer {
  const { transfer } = encoding
  if (typeof transfer !== 'function') return makeFile('Lab ', { A2B0: makeHdrTable(encoding) })
  const expand = rangeOf(encoding)
  return makeMatrixProfile(
    encoding.primaries,
    makeCurve((signal) => transfer(expand(signal))),
  )
}

/**
 * An RGB profile with the curve of a profile for grey, or nothing if that has no curve. LittleCMS converts dark greys of 16 bits by the
 * latter with errors of five levels of 255.
 */
export function makeRgbProfile(grey: Buffer): Buffer | undefined {
  const curve = findTag(grey, 'kTRC')
  return curve && makeMatrixProfile(srgbPrimaries, curve)
}

/** ICC.1:2001-04, 6.2. */
function findTag(profile: Buffer, name: string): Buffer | undefined {
  const at = profile.subarray(0, 4096).indexOf(name, 132, 'latin1')
  if (at < 0 || at + 12 > profile.length) return undefined
  const start = profile.readUInt32BE(at + 4)
  return profile.subarray(start, start + profile.readUInt32BE(at + 8))
}

function makeMatrixProfile(primaries: Chromaticities, curve: Buffer): Buffer {
  const [x, y, z] = rgbToXyz(primaries)
  return makeFile('XYZ ', {
    rXYZ: makeXyz([x[0], y[0], z[0]]),
    gXYZ: makeXyz([x[1], y[1], z[1]]),
    bXYZ: makeXyz([x[2], y[2], z[2]]),
    rTRC: curve,
    gTRC: curve,
    bTRC: curve,
  })
}

/** Maps the signal as stored to 0 to 1. */
function rangeOf({ fullRange }: ColourEncoding): (signal: number) => number {
  if (fullRange) return (signal) => signal
  return (signal) => clip((signal * 255 - 16) / 219)
}

/** ICC.1:2001-04, 6.1. */
function makeFile(connectionSpace: 'XYZ ' | 'Lab ', tags: Record<string, Buffer>): Buffer {
  const all = {
    ...tags,
    wtpt: makeXyz(d50),
    cprt: Buffer.from('text\0\0\0\0CC0\0', 'latin1'),
    desc: makeDescription(),
  }
  const header = Buffer.alloc(128)
  header.writeUInt32BE(0x02400000, 8)
  header.write(`mntrRGB ${connectionSpace}`, 12)
  header.write('acsp', 36)
  makeXyz(d50).copy(header, 68, 8)
  const entries = Object.entries(all)
  const table = Buffer.alloc(4 + entries.length * 12)
  table.writeUInt32BE(entries.length)
  const data: Buffer[] = []
  const offsets = new Map<Buffer, number>()
  let end = header.length + table.length
  for (const [index, [name, tag]] of entries.entries()) {
    const at = offsets.get(tag) ?? end
    if (at === end) {
      const padded = Buffer.concat([tag, Buffer.alloc(-tag.length & 3)])
      offsets.set(tag, at)
      data.push(padded)
      end += padded.length
    }
    table.write(name, 4 + index * 12)
    table.writeUInt32BE(at, 8 + index * 12)
    table.writeUInt32BE(tag.length, 12 + index * 12)
  }
  header.writeUInt32BE(end)
  return Buffer.concat([header, table, ...data])
}

/** `XYZType`, 6.5.26. */
function makeXyz(values: Vector): Buffer {
  const tag = Buffer.alloc(20)
  tag.write('XYZ ')
  for (const [index, value] of values.entries()) tag.writeInt32BE(Math.round(value * 65_536), 8 + index * 4)
  return tag
}

/** `curveType`, 6.5.3. */
function makeCurve(toLinear: (signal: number) => number): Buffer {
  const tag = Buffer.alloc(12 + curveEntries * 2)
  tag.write('curv')
  tag.writeUInt32BE(curveEntries, 8)
  for (let index = 0; index < curveEntries; index++) {
    tag.writeUInt16BE(toUint16(toLinear(index / (curveEntries - 1))), 12 + index * 2)
  }
  return tag
}

/** `lut16Type`, 6.5.8, from R'G'B' to Lab. */
function makeHdrTable(encoding: ColourEncoding): Buffer {
  const toLinearSrgb = createToneMap(encoding)
  const srgbToXyz = rgbToXyz(srgbPrimaries)
  const head = Buffer.alloc(52)
  head.write('mft2')
  head.set([3, 3, gridPoints], 8)
  for (const at of [12, 28, 44]) head.writeInt32BE(65_536, at)
  head.writeUInt16BE(curveEntries, 48)
  head.writeUInt16BE(2, 50)

  const curve = makeCurve(rangeOf(encoding)).subarray(12)
  const grid = Buffer.alloc(gridPoints ** 3 * 6)
  const signals = Array.from({ length: gridPoints }, (_, index) => index / (gridPoints - 1))
  let at = 0
  for (const red of signals) {
    for (const green of signals) {
      for (const blue of signals) {
        const [lightness, a, b] = toLab(apply(srgbToXyz, toLinearSrgb([red, green, blue])))
        grid.writeUInt16BE(Math.round(lightness * 652.8), at)
        grid.writeUInt16BE(Math.round((a + 128) * 256), at + 2)
        grid.writeUInt16BE(Math.round((b + 128) * 256), at + 4)
        at += 6
      }
    }
  }
  const unchanged = Buffer.from([0, 0, 255, 255])
  return Buffer.concat([head, curve, curve, curve, grid, unchanged, unchanged, unchanged])
}

/** CIE 15. */
function toLab(xyz: Vector): Vector {
  const root = (value: number) => (value > 216 / 24_389 ? Math.cbrt(value) : (value * 24_389) / 3132 + 4 / 29)
  const [x, y, z] = [root(xyz[0] / d50[0]), root(xyz[1]), root(xyz[2] / d50[2])]
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

/** `textDescriptionType`, 6.5.17. */
function makeDescription(): Buffer {
  const text = 'as signalled\0'
  const tag = Buffer.alloc(12 + text.length + 78)
  tag.write('desc')
  tag.writeUInt32BE(text.length, 8)
  tag.write(text, 12)
  return tag
}

function toUint16(value: number): number {
  return Math.round(clip(value) * 65_535)
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value))
}
