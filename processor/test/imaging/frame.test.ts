import { test } from 'tap'
import { type Box, resizeFrame, scaleInto, shrinkBox } from '../../imaging/frame.ts'

const cover: Box = { width: 256, height: 256, fit: 'cover' }
const inside: Box = { width: 1024, height: 1024, fit: 'inside' }

test('a cover box keeps its aspect ratio and shrinks to the image', async (t) => {
  const sizes: [image: [number, number], box: [number, number]][] = [
    [
      [4000, 3000],
      [256, 256],
    ],
    [
      [256, 256],
      [256, 256],
    ],
    [
      [400, 100],
      [100, 100],
    ],
    [
      [100, 400],
      [100, 100],
    ],
    [
      [8000, 1],
      [1, 1],
    ],
  ]
  for (const [[width, height], [boxWidth, boxHeight]] of sizes) {
    t.match(shrinkBox(cover, { width, height }), { width: boxWidth, height: boxHeight }, `${width}×${height}`)
  }
  t.match(shrinkBox({ ...cover, width: 200, height: 100 }, { width: 1000, height: 50 }), {
    width: 100,
    height: 50,
  })
  t.equal(shrinkBox(inside, { width: 10, height: 10 }), inside, 'an inside box is only a bound')
})

test('the scale is that of the whole image, and never above 1', async (t) => {
  t.equal(scaleInto(inside, { width: 2048, height: 1000 }), 0.5)
  t.equal(scaleInto(cover, { width: 2560, height: 512 }), 0.5)
  t.equal(scaleInto(inside, { width: 10, height: 10 }), 1)
})

test('resizing keeps the channels and never enlarges', async (t) => {
  const frame = { data: Buffer.alloc(8 * 4 * 4, 200), width: 8, height: 4, channels: 4 } as const
  t.match(await resizeFrame(frame, { width: 4, height: 4, fit: 'inside' }), {
    width: 4,
    height: 2,
    channels: 4,
  })
  t.match(await resizeFrame(frame, { width: 64, height: 64, fit: 'inside' }), { width: 8, height: 4 })
})
