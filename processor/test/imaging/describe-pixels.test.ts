import { test } from 'tap'
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from 'thumbhash'
import { describePixels } from '../../imaging/describe-pixels.ts'

test('the dominant colour is that of most pixels, not their mean', async (t) => {
  const data = Buffer.concat([pixels(60, [10, 200, 30]), pixels(40, [250, 0, 0])])
  t.equal(describePixels({ data, width: 10, height: 10, channels: 3 }).dominantColor, '#0ac81e')
})

test('transparent pixels have no colour', async (t) => {
  const data = Buffer.concat([pixels(60, [255, 0, 0, 0]), pixels(40, [0, 0, 255, 255])])
  t.equal(describePixels({ data, width: 10, height: 10, channels: 4 }).dominantColor, '#0000ff')
  const nothing = pixels(100, [0, 0, 0, 0])
  t.equal(describePixels({ data: nothing, width: 10, height: 10, channels: 4 }).dominantColor, '#ffffff')
})

test('the placeholder is a ThumbHash of the frame', async (t) => {
  const { placeholder } = describePixels({
    data: pixels(200, [200, 40, 40]),
    width: 20,
    height: 10,
    channels: 3,
  })
  const hash = Buffer.from(placeholder, 'base64')
  const { r, g, b, a } = thumbHashToAverageRGBA(hash)
  t.ok(r > 0.7 && g < 0.3 && b < 0.3 && a === 1, `red: ${r} ${g} ${b} ${a}`)
  t.ok(thumbHashToApproximateAspectRatio(hash) > 1.5, 'landscape')
})

function pixels(count: number, channels: number[]): Buffer {
  return Buffer.from(Array.from({ length: count }, () => channels).flat())
}
