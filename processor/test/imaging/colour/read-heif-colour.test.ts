import { type Test, test } from 'tap'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { createRandom } from '../../../../scripts/testkit/hostile/create-random.ts'
import { asLimited, makeAvif, takeStreams } from '../../../../scripts/testkit/images/make-avif.ts'
import { readHeifColour } from '../../../imaging/colour/read-heif-colour.ts'
import { decodeImage } from '../../../imaging/decode-image.ts'
import { sharp } from '../../../imaging/decoder.ts'

const { deps } = createStepDeps()
const side = 32
const size = { width: side, height: side }
const nclx = { primaries: 1, transfer: 13 }
const depths = [8, 10] as const

test('colours that are multiplied with alpha are divided by it', async (t) => {
  for (const bits of depths) {
    const streams = await encode([100, 50, 0, 128], bits)
    const bytes = makeAvif({ ...size, bits, ...streams, nclx, isPremultiplied: true })
    near(t, await decodePixel(bytes), [199, 100, 0, 128], `${bits} bits`)
    near(
      t,
      await decodePixel(makeAvif({ ...size, bits, ...streams, nclx })),
      [100, 50, 0, 128],
      'otherwise not',
    )
  }
})

test('edges of colours that are multiplied with alpha do not glow when the image is shrunk', async (t) => {
  const pixels = Buffer.from([...[200, 100, 50, 255], ...[0, 0, 0, 0]])
  const halves = await sharp(pixels, { raw: { width: 2, height: 1, channels: 4 } })
    .resize(side, side, { kernel: 'nearest', fit: 'fill' })
    .avif({ lossless: true })
    .toBuffer()
  const bytes = makeAvif({
    ...size,
    ...takeStreams(halves),
    nclx: { ...nclx, matrix: 0 },
    isPremultiplied: true,
  })
  const work = await inspectedWork(bytes, 'image/avif', deps)
  const frame = await decodeImage(work, { width: 5, height: 5, fit: 'inside' }, deps.limits)
  const middle = [...frame.data.subarray(2 * 4, 3 * 4)]
  t.ok(Number(middle[3]) > 60 && Number(middle[3]) < 200, `the middle is half transparent: ${middle}`)
  near(t, middle.slice(0, 3), [200, 100, 50], 'its colour')
})

test('alpha of limited range is expanded', async (t) => {
  for (const bits of depths) {
    for (const [stored, alpha] of [
      [235, 255],
      [126, 128],
      [16, 0],
    ] as const) {
      const { image, alpha: stream } = await encode([100, 50, 0, stored], bits)
      if (!stream) throw new Error('The image has no alpha.')
      const bytes = makeAvif({ ...size, bits, image, alpha: asLimited(stream), nclx })
      near(t, [Number((await decodePixel(bytes))[3])], [alpha], `${bits} bits, ${stored}`)
    }
  }
})

test('monochrome of limited range is expanded', async (t) => {
  for (const bits of depths) {
    for (const [stored, shown] of [
      [235, 255],
      [50, 40],
      [16, 0],
    ] as const) {
      // A monochrome stream is what encoders use for alpha.
      const { alpha: image } = await encode([0, 0, 0, stored], bits)
      if (!image) throw new Error('The image has no alpha.')
      const options = { ...size, bits, channels: 1 } as const
      const expected = [shown, shown, shown]
      const inStream = makeAvif({ ...options, image: asLimited(image) })
      near(t, await decodePixel(inStream), expected, `${bits} bits, ${stored}: only the stream states it`)
      const inBox = makeAvif({ ...options, image, nclx: { ...nclx, fullRange: false } })
      near(t, await decodePixel(inBox), expected, `${bits} bits, ${stored}: the box overrides the stream`)
      const full = makeAvif({ ...options, image: asLimited(image), nclx })
      near(t, await decodePixel(full), [stored, stored, stored], `${bits} bits, ${stored}: full range`)
    }
  }
})

test('the range in nclx is applied even if all else in it is unspecified', async (t) => {
  const { image } = await encode([200, 100, 50, 255], 8)
  const unspecified = { primaries: 2, transfer: 2, matrix: 2 }
  const full = makeAvif({ ...size, image: asLimited(image), nclx: unspecified })
  near(t, await decodePixel(full), [200, 100, 50], 'full range, although the stream states limited')
  const limited = makeAvif({ ...size, image, nclx: { ...unspecified, fullRange: false } })
  const expected = await decodePixel(makeAvif({ ...size, image, nclx: { ...nclx, fullRange: false } }))
  t.strictSame(await decodePixel(limited), expected, 'limited range, although the stream states full')
  t.notSame(expected, await decodePixel(full))
})

test('without nclx, the code points of the stream are applied', async (t) => {
  const { image } = await encode([200, 100, 50, 255], 8)
  t.strictSame(readHeifColour(makeAvif({ ...size, image })), {}, 'no conversion for sRGB')
  const wide = { ...image, payload: replaceBits(image.payload, [1, 13, 6], [12, 13, 6]) }
  near(t, await decodePixel(makeAvif({ ...size, image: wide })), [215, 93, 31], 'Display P3')
  near(t, await decodePixel(makeAvif({ ...size, image: wide, nclx })), [200, 100, 50], 'nclx overrides it')
})

test('the brightest pixel is read from clli', async (t) => {
  const { image } = await encode([200, 100, 50, 255], 8)
  const pq = { ...size, image, nclx: { primaries: 9, transfer: 16 } }
  t.equal(readHeifColour(makeAvif(pq)).encoding?.peakNits, undefined)
  t.equal(readHeifColour(makeAvif({ ...pq, maxContentLight: 400 })).encoding?.peakNits, 400)
})

test('damaged boxes never cause an error', async (t) => {
  const { image, alpha } = await encode([200, 100, 50, 128], 8)
  if (!alpha) throw new Error('The image has no alpha.')
  const bytes = makeAvif({
    ...size,
    image,
    alpha,
    isPremultiplied: true,
    nclx: { primaries: 9, transfer: 16 },
  })
  const end = bytes.indexOf('mdat') + 64
  for (let length = 0; length < end; length++) readHeifColour(bytes.subarray(0, length))
  const random = createRandom(13)
  for (let round = 0; round < 20_000; round++) {
    const damaged = Buffer.from(bytes)
    for (let left = 1 + random(3); left > 0; left--) {
      damaged[random(end)] = random(256)
    }
    readHeifColour(damaged)
  }
  t.pass('none did')
})

/** The AV1 streams of an image of one colour. */
async function encode([red = 0, green = 0, blue = 0, alpha = 255]: number[], bitdepth: 8 | 10) {
  const avif = await sharp(
    Buffer.from(
      Array(side * side)
        .fill([red, green, blue, alpha])
        .flat(),
    ),
    {
      raw: { ...size, channels: 4 },
    },
  )
    .avif({ quality: 100, bitdepth, chromaSubsampling: '4:4:4', effort: 0 })
    .toBuffer()
  return takeStreams(avif)
}

/** Replaces bytes at any bit offset. */
function replaceBits(bytes: Buffer, from: number[], to: number[]): Buffer {
  const bitsOf = (values: Iterable<number>) =>
    Array.from(values, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const replaced = bitsOf(bytes.subarray(0, 32)).replace(bitsOf(from), bitsOf(to))
  const head = replaced.match(/.{8}/g) ?? []
  return Buffer.concat([Buffer.from(head.map((byte) => Number.parseInt(byte, 2))), bytes.subarray(32)])
}

async function decodePixel(bytes: Buffer): Promise<number[]> {
  const work = await inspectedWork(bytes, 'image/avif', deps)
  const { data, width, channels } = await decodeImage(work, { ...size, fit: 'inside' }, deps.limits)
  const at = ((side / 2) * width + side / 2) * channels
  return [...data.subarray(at, at + channels)]
}

function near(t: Test, found: number[], expected: number[], message: string): void {
  const worst = Math.max(...expected.map((level, index) => Math.abs(level - (found[index] ?? Number.NaN))))
  t.ok(worst <= 3, `${message}: ${found}, expected ${expected}`)
}
