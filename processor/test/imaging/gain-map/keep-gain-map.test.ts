import { test } from 'tap'
import { sharp } from '../../../imaging/decoder.ts'
import { gain, insertSegments, makeUltraHdr, orientationSegment, renderHdr, ultraHdr } from './render-hdr.ts'
import { type HdrPicture, showHdr } from './show-hdr.ts'

/** Mean light of each cell of a grid of 8 columns and 6 rows. */
function cellsOf({ width, height, light }: HdrPicture, columns = 8, rows = 6): number[] {
  const sums = new Float64Array(columns * rows * 3)
  const counts = new Uint32Array(columns * rows)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const column = Math.floor(((pixel % width) * columns) / width)
    const cell = Math.floor((Math.floor(pixel / width) * rows) / height) * columns + column
    counts[cell] = (counts[cell] ?? 0) + 1
    for (let channel = 0; channel < 3; channel++) {
      sums[cell * 3 + channel] = (sums[cell * 3 + channel] ?? 0) + (light[pixel * 3 + channel] ?? 0)
    }
  }
  return [...sums].map((sum, index) => sum / (counts[Math.floor(index / 3)] ?? 1))
}

/** The largest difference between cells, as a share of the brightest cell. */
function differenceOf(a: number[], b: number[]): number {
  return Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? 99)))) / Math.max(...a)
}

/** Cells of a grid turned by 90° clockwise. */
function turned(cells: number[], columns = 8, rows = 6): number[] {
  return Array.from({ length: columns * rows }, (_, cell) => {
    const [column, row] = [cell % rows, Math.floor(cell / rows)]
    const from = (rows - 1 - column) * columns + row
    return cells.slice(from * 3, from * 3 + 3)
  }).flat()
}

test('libultrahdr shows a variant as bright as its original', async (t) => {
  const source = await showHdr(t, ultraHdr)
  t.ok(Math.max(...source.light) > 4, 'the original is HDR')
  for (const [width, height] of [
    [80, 60],
    [81, 61],
    [160, 120],
    [120, 90],
  ] as const) {
    const { variant, jpeg } = await renderHdr(ultraHdr, { width, height: 200, quality: 90 })
    t.match(variant, { contentType: 'image/jpeg', extension: 'jpg', width, height })
    const shown = await showHdr(t, jpeg)
    t.match(shown, { width, height, map: { width, height, channels: 1 } })
    const difference = differenceOf(cellsOf(source, 4, 3), cellsOf(shown, 4, 3))
    t.ok(difference < 0.06, `${width}×${height}: ${difference}`)
  }
})

test('the map is turned with its picture', async (t) => {
  const source = cellsOf(await showHdr(t, ultraHdr))
  const { variant, jpeg } = await renderHdr(insertSegments(ultraHdr, orientationSegment(6)), { quality: 90 })
  t.match(variant, { width: 60, height: 80 })
  t.equal((await sharp(jpeg).metadata()).orientation, undefined)
  const shown = await showHdr(t, jpeg)
  t.match(shown.map, { width: 60, height: 80 })
  const difference = differenceOf(turned(source), cellsOf(shown, 6, 8))
  t.ok(difference < 0.06, `${difference}`)
})

test('a map with separate parameters for its three channels keeps them', async (t) => {
  const channels = [gain, { ...gain, max: 1.5 }, { ...gain, min: -0.25, gamma: 1.25 }]
  const original = await makeUltraHdr({ mapChannels: 3, channels })
  const source = await showHdr(t, original)
  const shown = await showHdr(t, (await renderHdr(original, { quality: 90 })).jpeg)
  t.match(shown, { width: 80, height: 60, map: { width: 40, height: 30, channels: 3 } })
  const difference = differenceOf(cellsOf(source), cellsOf(shown))
  t.ok(difference < 0.06, `${difference}`)
})

test('a map with one channel is kept in every colour space, a map with three only in that of its picture', async (t) => {
  const cases = [
    [{}, 'srgb', undefined],
    [{}, 'p3', undefined],
    [{ profile: 'p3' }, 'srgb', undefined],
    [{ mapChannels: 3 }, 'srgb', undefined],
    [{ mapChannels: 3 }, 'p3', 'other_colors'],
    [{ mapChannels: 3, profile: 'srgb' }, 'srgb', undefined],
    [{ mapChannels: 3, profile: 'p3' }, 'srgb', 'other_colors'],
    [{ mapChannels: 3, profile: 'p3' }, 'p3', undefined],
    [{ mapChannels: 3, profile: 'p3', usesBaseColours: false }, 'p3', undefined],
  ] as const
  for (const [options, color, omitted] of cases) {
    const { jpeg, gainMapOmitted } = await renderHdr(await makeUltraHdr(options), { color })
    t.equal(gainMapOmitted, omitted, JSON.stringify([options, color]))
    t.equal((await showHdr(t, jpeg)).map === undefined, omitted !== undefined)
    t.equal((await sharp(jpeg).metadata()).icc?.length, color === 'p3' ? 480 : undefined)
  }
})

test('a picture without a gain map gives an ordinary JPEG', async (t) => {
  const plain = await sharp(ultraHdr).jpeg().toBuffer()
  const { jpeg, gainMapOmitted } = await renderHdr(plain)
  t.same(jpeg, (await renderHdr(plain, { gainMap: false })).jpeg)
  t.equal(gainMapOmitted, undefined)
})

test('a damaged picture with a whole gain map is rejected', async (t) => {
  const damaged = Buffer.from(ultraHdr)
  damaged.fill(0xff, 1_500, 1_700)
  await t.rejects(renderHdr(damaged), { name: 'Rejection', reason: 'image_corrupt' })
})
