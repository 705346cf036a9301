import { test } from 'tap'
import { createStepDeps, fetchedWork } from '../../../scripts/testkit/create-step-deps.ts'
import { drawNoise, makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { countJpegSegments } from '../../imaging/count-segments.ts'
import { inspectImage } from '../../pipeline/steps/inspect-image.ts'

const emptySegment = Buffer.from([0xff, 0xe1, 0, 2])

test('an ordinary JPEG has few segments', async (t) => {
  const plain = await makeImage('jpeg')
  const rich = await drawNoise().withMetadata({ orientation: 3 }).withIccProfile('p3').jpeg().toBuffer()
  t.ok(countJpegSegments(plain, 100) <= 3)
  t.ok(countJpegSegments(rich, 100) > countJpegSegments(plain, 100))
})

test('a JPEG of millions of empty segments never reaches the decoder', async (t) => {
  const jpeg = await makeImage('jpeg')
  const segments = Buffer.alloc(emptySegment.length * 1_000_000, emptySegment)
  const bomb = Buffer.concat([jpeg.subarray(0, 2), segments, jpeg.subarray(2)])
  t.equal(countJpegSegments(bomb, 1_000), 1_001, 'no further than asked')
  await t.rejects(inspectImage(fetchedWork(bomb, 'image/jpeg'), createStepDeps().deps), {
    name: 'Rejection',
    reason: 'image_corrupt',
    message: /more than 100000 segments/,
  })
})
