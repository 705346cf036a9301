import { test } from 'tap'
import { sharp } from '../../../../processor/imaging/decoder.ts'
import { correctAlpha, hideFrames, ignoresRange } from '../../../checks/corpus/reference/correct-range.ts'
import { asLimited, makeAvif, takeStreams } from '../../../testkit/images/make-avif.ts'
import { encodeAs } from '../../../testkit/images/make-image.ts'
import { makeSequence } from '../../../testkit/images/make-sequence.ts'

const size = { width: 16, height: 16 }
const nclx = { primaries: 1, transfer: 13 }
const background = { r: 100, g: 50, b: 0, alpha: 0.25 }
const still = await encodeAs('avif', sharp({ create: { ...size, channels: 4, background } }))
const streams = takeStreams(still)
const shownAs = (...pixels: number[]) => ({
  width: pixels.length / 4,
  height: 1,
  pixels: Buffer.from(pixels),
})

test('full-range alpha that Chromium decoded as limited range is corrected', async (t) => {
  const shown = shownAs(90, 60, 30, 56, 1, 2, 3, 0, 1, 2, 3, 255)
  const straight = correctAlpha(shown, makeAvif({ ...size, ...streams, nclx }))
  t.same([...straight.pixels], [90, 60, 30, 64, 1, 2, 3, 0, 1, 2, 3, 255])
  const multiplied = correctAlpha(shown, makeAvif({ ...size, ...streams, nclx, isPremultiplied: true }))
  t.same(
    [...multiplied.pixels.subarray(0, 4)],
    [79, 53, 26, 64],
    'the colours divided by the wrong alpha are corrected too',
  )
  const { image, alpha } = streams
  if (!alpha) throw new Error('The image has no alpha.')
  t.same(
    correctAlpha(shown, makeAvif({ ...size, image, alpha: asLimited(alpha), nclx })).pixels,
    shown.pixels,
  )
  const png = await sharp({ create: { ...size, channels: 4, background } })
    .png()
    .toBuffer()
  t.same(correctAlpha(shown, png).pixels, shown.pixels, 'a PNG')
})

test('Chromium shows the still image of a full-range sequence, and the frames of any other', async (t) => {
  const full = makeSequence({ ...size, ...streams, nclx, still: makeAvif({ ...size, ...streams, nclx }) })
  t.equal(hideFrames(full).toString('latin1', 4, 12), 'ftypavif')
  t.equal(full.toString('latin1', 4, 12), 'ftypavis', 'the file itself is not changed')
  const narrow = { ...nclx, fullRange: false }
  const limited = makeSequence({
    ...size,
    ...streams,
    nclx: narrow,
    still: makeAvif({ ...size, ...streams, nclx: narrow }),
  })
  t.equal(hideFrames(limited), limited)
  t.equal(hideFrames(still), still)
})

test('the fault is detected by the alpha that the browser shows', async (t) => {
  const showing = (alpha: number) => async () => ({
    by: 'Chromium' as const,
    ...size,
    picture: shownAs(0, 0, 0, alpha),
  })
  t.equal(await ignoresRange(showing(56)), true)
  t.equal(await ignoresRange(showing(65)), false)
  t.equal(await ignoresRange(async () => undefined), false, 'a browser without AVIF does not have the fault')
})
