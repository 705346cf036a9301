import { test } from 'tap'
import { createStepDeps, fetchedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { findMarkers, setBehind } from '../../../../scripts/testkit/images/edit-jpeg.ts'
import { makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { readJpegLayout } from '../../../imaging/jpeg/read-layout.ts'
import { inspectImage } from '../../../pipeline/steps/inspect-image.ts'

const { deps } = createStepDeps()
const inspect = (jpeg: Buffer) => inspectImage(fetchedWork(jpeg, 'image/jpeg'), deps)

test('processes and depths that the decoder cannot read are named', async (t) => {
  const jpeg = await makeImage('jpeg')
  const cases = [
    [setBehind(jpeg, 0xc0, -1, [0xc3]), 'a lossless JPEG'],
    [setBehind(jpeg, 0xc0, -1, [0xc5]), 'a hierarchical JPEG'],
    [setBehind(jpeg, 0xc0, -1, [0xf7]), 'a JPEG-LS image'],
    [setBehind(jpeg, 0xc0, 2, [12]), 'a JPEG of 12 bits per channel'],
    [setBehind(jpeg, 0xc0, 7, [2]), 'a JPEG of 2 channels'],
  ] as const
  for (const [bytes, name] of cases) {
    await t.rejects(inspect(bytes), {
      reason: 'pixel_format_unsupported',
      message: `The image is ${name}, which is not accepted. Export the image as an ordinary JPEG with 8 bits per channel, or as PNG.`,
    })
  }
})

test('a JPEG without the scan of a component is damaged', async (t) => {
  const jpeg = await makeImage('jpeg')
  const greyOnly = setBehind(jpeg, 0xda, 2, [1])
  await t.rejects(inspect(greyOnly), { reason: 'image_corrupt', message: /damaged/ })
})

test('a JPEG of millions of empty segments never reaches the decoder', async (t) => {
  const jpeg = await makeImage('jpeg')
  const emptySegment = Buffer.from([0xff, 0xe1, 0, 2])
  const segments = Buffer.alloc(emptySegment.length * 1_000_000, emptySegment)
  const bomb = Buffer.concat([jpeg.subarray(0, 2), segments, jpeg.subarray(2)])
  t.equal(readJpegLayout(bomb, 1_000).segments, 1_001, 'reading stops at the maximum')
  await t.rejects(inspect(bomb), {
    name: 'Rejection',
    reason: 'image_corrupt',
    message: /more than 100000 segments/,
  })
})

test('the layout of a truncated JPEG has the parts that are present', async (t) => {
  const jpeg = await makeImage('jpeg', { width: 32, height: 32 })
  const whole = readJpegLayout(jpeg)
  t.match(whole, { hasEnd: true, strays: [], scans: [{ endAt: jpeg.length - 2 }] })
  t.equal(whole.frame?.at, (findMarkers(jpeg, 0xc0)[0] ?? 0) + 4)
  for (let length = 2; length < jpeg.length; length++) {
    const layout = readJpegLayout(jpeg.subarray(0, length))
    t.ok(!layout.hasEnd && layout.segments <= whole.segments)
  }
})
