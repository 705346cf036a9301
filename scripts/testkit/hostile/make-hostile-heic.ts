import { readFileSync } from 'node:fs'
import { box, ispe } from '../../../processor/imaging/heif/write-heif.ts'
import { gridOf, irot, makeGrid, makeHeic, takeApart } from '../images/make-heic.ts'
import { createRandom, randomBytes } from './create-random.ts'
import type { HostileInput } from './hostile-input.ts'
import { flipBits } from './make-damaged.ts'

const files = new URL('../../../processor/test/imaging/heic/files/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, files))

type Case = [name: string, bytes: Buffer, expected: HostileInput['expected']]

/** HEIC files that are damaged, claim to be large, or refer to themselves. Each is decoded in a new thread, which is slow, so they are few. */
export function makeHostileHeic(): HostileInput[] {
  const whole = read('camera.heic')
  const tile = read('red.heic')
  const { hvcC, data } = takeApart(tile)
  const item = { id: 1, type: 'hvc1', data, properties: [ispe(64, 64), hvcC] }
  const claim = (width: number, height: number) =>
    makeHeic({ items: [{ ...item, properties: [ispe(width, height), hvcC] }], primary: 1 })
  const grid = (columns: number, rows: number, width: number, height: number, tiles = [1]) =>
    makeHeic({
      items: [
        item,
        {
          id: 2,
          type: 'grid',
          data: gridOf(columns, rows, width, height),
          properties: [ispe(width, height)],
        },
      ],
      references: [{ type: 'dimg', from: 2, to: tiles }],
      primary: 2,
    })
  const derived = (id: number) => ({ id, type: 'iden', data: Buffer.alloc(0), properties: [ispe(64, 64)] })
  const garbage = { ...item, data: randomBytes(createRandom(7), 400) }
  const cases: Case[] = [
    ['claims 65535×65535', claim(65_535, 65_535), 'too_many_pixels'],
    ['claims 2^31×2^31', claim(2 ** 31, 2 ** 31), 'either'],
    ['claims 0×0', claim(0, 0), 'image_corrupt'],
    ['claims 9000×9000', claim(9_000, 9_000), 'either'],
    ['claims to be smaller', claim(8, 8), 'either'],
    ['an empty file of boxes', makeHeic({ items: [], primary: 1 }), 'image_corrupt'],
    ['a missing primary item', makeHeic({ items: [item], primary: 9 }), 'image_corrupt'],
    ['noise instead of HEVC', makeHeic({ items: [garbage], primary: 1 }), 'image_corrupt'],
    [
      'no HEVC configuration',
      makeHeic({ items: [{ ...item, properties: [ispe(64, 64)] }], primary: 1 }),
      'image_corrupt',
    ],
    ['a grid of 256×256 tiles with one', grid(256, 256, 16_384, 16_384), 'image_corrupt'],
    ['a grid of 65,536 references', grid(256, 256, 9_000, 9_000, Array(65_535).fill(1)), 'image_corrupt'],
    [
      'a grid of 900 tiles',
      makeGrid(Array(900).fill(tile), 64, 30, { width: 1_920, height: 1_920 }),
      'ready',
    ],
    ['a grid that is its own tile', grid(1, 1, 64, 64, [2]), 'image_corrupt'],
    ['an image derived from itself', derive([derived(1)], [[1, 1]]), 'image_corrupt'],
    [
      'two images derived from each other',
      derive(
        [derived(1), derived(2)],
        [
          [1, 2],
          [2, 1],
        ],
      ),
      'image_corrupt',
    ],
    [
      'a hundred rotations',
      makeHeic({
        items: [{ ...item, properties: [ispe(64, 64), hvcC, ...Array(100).fill(irot(1))] }],
        primary: 1,
      }),
      'either',
    ],
    ['boxes nested 10,000 deep', nestBoxes(10_000), 'too_many_pixels'],
    [
      'an item type that is not supported',
      makeHeic({ items: [{ ...item, type: 'jpeg' }], primary: 1 }),
      'pixel_format_unsupported',
    ],
    ...[1, 2, 5, 10, 20, 30, 50, 70, 90, 95, 99].map((percent): Case => {
      const bytes = whole.subarray(0, Math.floor((whole.length * percent) / 100))
      return [`cut off at ${percent} %`, bytes, bytes.length < 12 ? 'format_unsupported' : 'image_corrupt']
    }),
    ...flipped(whole),
  ]
  return cases.map(([name, bytes, expected]) => ({
    group: 'HEIC',
    name,
    bytes,
    contentType: 'image/heic',
    expected,
  }))
}

function derive(items: Parameters<typeof makeHeic>[0]['items'], pairs: [from: number, to: number][]): Buffer {
  const references = pairs.map(([from, to]) => ({ type: 'dimg', from, to: [to] }))
  return makeHeic({ items, references, primary: 1 })
}

function nestBoxes(depth: number): Buffer {
  let nested: Buffer = Buffer.alloc(0)
  for (let level = 0; level < depth; level++) nested = box('ipco', nested)
  return Buffer.concat([read('red.heic').subarray(0, 28), box('meta', Buffer.alloc(4), box('iprp', nested))])
}

function flipped(whole: Buffer): Case[] {
  const random = createRandom(8)
  return Array.from({ length: 40 }, (_, mutant) => [
    `flipped ${mutant}`,
    flipBits(whole, random, mutant % 2 ? Math.min(400, whole.length) : whole.length),
    'either',
  ])
}
