import { readFile } from 'node:fs/promises'
import { type Test, test } from 'tap'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { type AvifOptions, takeStreams } from '../../../../scripts/testkit/images/make-avif.ts'
import { makeSequence } from '../../../../scripts/testkit/images/make-sequence.ts'
import { prepareAvif } from '../../../imaging/avif/prepare-avif.ts'
import { decodeImage } from '../../../imaging/decode-image.ts'
import { sharp } from '../../../imaging/decoder.ts'

const { deps } = createStepDeps()
const size = { width: 32, height: 32 }
const srgb = { primaries: 1, transfer: 13 }
const displayP3 = { primaries: 12, transfer: 13 }
type Color = [red: number, green: number, blue: number, alpha: number]
const green: Color = [40, 160, 80, 255]

const encode = ([r, g, b, alpha]: Color) =>
  sharp({ create: { ...size, channels: alpha === 255 ? 3 : 4, background: { r, g, b, alpha: alpha / 255 } } })
    .avif({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer()

/** A sequence of one frame, with a blue picture besides it. */
async function sequenceOf(color: Color, options: Pick<AvifOptions, 'isPremultiplied' | 'nclx'> = {}) {
  const still = await encode([0, 0, 255, 255])
  return makeSequence({ ...size, still, ...takeStreams(await encode(color)), ...options })
}

async function decodePixel(avif: Buffer): Promise<number[]> {
  const work = await inspectedWork(avif, 'image/avif', deps)
  const { data, channels } = await decodeImage(work, { ...size, fit: 'inside' }, deps.limits)
  return [...data.subarray(0, channels)]
}

function near(t: Test, found: number[], expected: number[], name: string): void {
  const isNear =
    found.length === expected.length && found.every((value, at) => Math.abs(value - (expected[at] ?? 0)) <= 3)
  t.ok(isNear, `${name}: ${found}`, { expected })
}

test('a sequence is shown by its first frame, not by its separate still picture', async (t) => {
  near(t, await decodePixel(await sequenceOf(green, { nclx: srgb })), green.slice(0, 3), 'avis')
  for (const brand of ['msf1', 'mif1']) {
    const sequence = await sequenceOf(green, { nclx: srgb })
    sequence.write(brand, 8)
    near(t, await decodePixel(sequence), green.slice(0, 3), brand)
  }
  const chosen = await sequenceOf(green, { nclx: srgb })
  chosen.write('avif', 8)
  near(t, await decodePixel(chosen), [0, 0, 255], 'the picture, if the major brand is avif')
})

test('the colours of a sequence are those signalled by its track', async (t) => {
  near(t, await decodePixel(await sequenceOf(green, { nclx: displayP3 })), [0, 163, 69], 'Display P3')
  const limited = await decodePixel(await sequenceOf(green, { nclx: { ...srgb, fullRange: false } }))
  near(t, limited, [28, 168, 75], 'limited range')
})

test('the alpha of a sequence is read from its own track', async (t) => {
  const color: Color = [100, 50, 0, 128]
  near(t, await decodePixel(await sequenceOf(color, { nclx: srgb })), color, 'straight')
  const multiplied = await sequenceOf(color, { nclx: srgb, isPremultiplied: true })
  near(t, await decodePixel(multiplied), [199, 100, 0, 128], 'multiplied into the colours')
})

test('a sequence without a usable frame is shown by its picture', async (t) => {
  const sequence = await sequenceOf(green)
  for (const box of ['trak', 'stbl', 'av01', 'stco', 'stsz']) {
    const damaged = Buffer.from(sequence)
    damaged.write('free', damaged.lastIndexOf(box), 'latin1')
    near(t, await decodePixel(damaged), [0, 0, 255], `without ${box}`)
  }
})

test('a damaged sequence causes a rejection, never another error', async (t) => {
  const sequence = await readFile(new URL('./sequence-of-two.avif', import.meta.url))
  const behindMoov = sequence.indexOf('mdat')
  for (let at = 12; at < behindMoov; at++) {
    prepareAvif(sequence.subarray(0, at))
    for (const value of [0x00, 0x7f, 0xff]) {
      const damaged = Buffer.from(sequence)
      damaged[at] = value
      prepareAvif(damaged)
    }
  }
  await t.rejects(decodePixel(sequence.subarray(0, behindMoov + 200)), { name: 'Rejection' })
})
