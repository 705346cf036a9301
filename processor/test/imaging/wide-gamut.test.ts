import { test } from 'tap'
import { type AcceptedFormat, acceptedFormats } from '../../../core/images/formats.ts'
import { readVariants } from '../../../core/images/read-variants.ts'
import type { VariantSpec } from '../../../core/images/variants.ts'
import { createStepDeps, inspectedWork } from '../../../scripts/testkit/create-step-deps.ts'
import { builtinProfile } from '../../imaging/colour/builtin-profile.ts'
import { wrapPixels } from '../../imaging/colour/wrap-pixels.ts'
import { sharp } from '../../imaging/decoder.ts'
import { renderVariants } from '../../pipeline/steps/render-variants.ts'

const { deps } = createStepDeps()

async function render(bytes: Buffer, original: AcceptedFormat, entries: Partial<VariantSpec>[]) {
  const table = entries.map((entry, index) => ({
    name: `v${index}`,
    width: 64,
    height: 64,
    format: 'png',
    ...entry,
  }))
  const variants = readVariants(JSON.stringify(table))
  const work = await inspectedWork(bytes, acceptedFormats[original], deps)
  const { rendered, dominantColor } = await renderVariants(work, { ...deps, variants })
  return { images: rendered.map((variant) => variant.bytes), dominantColor }
}

/** The stored numbers of the middle, not converted by the profile. */
async function numbersOf(image: Buffer | undefined): Promise<number[]> {
  const { data, info } = await sharp(image, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true })
  const at = ((info.height >> 1) * info.width + (info.width >> 1)) * info.channels
  return [...data.subarray(at, at + 3)]
}

function isNear(actual: number[], expected: number[], tolerance = 2): boolean {
  return expected.every((value, index) => Math.abs((actual[index] ?? -99) - value) <= tolerance)
}

/** Pixels of these numbers that are tagged as Display P3. */
async function drawP3(numbers: number[], bits: 8 | 16 = 8, orientation = 1) {
  const [r = 0, g = 0, b = 0] = numbers
  const icc = await builtinProfile('p3')
  const values = Array.from({ length: 200 * 100 }, () => [r, g, b]).flat()
  const data =
    bits === 8 ? Buffer.from(values) : Buffer.from(new Uint16Array(values.map((v) => v * 257)).buffer)
  return wrapPixels({ data, width: 200, height: 100, channels: 3, bits }, icc, orientation)
}

const p3Red = [230, 40, 30]

test('a p3 variant keeps the colours of a Display P3 original that sRGB lacks', async (t) => {
  const tiff = await drawP3(p3Red)
  const png = await sharp(tiff, { ignoreIcc: true }).keepIccProfile().png().toBuffer()
  const originals: [string, AcceptedFormat, Buffer][] = [
    ['TIFF', 'tiff', tiff],
    ['PNG', 'png', png],
    ['16 bits', 'tiff', await drawP3(p3Red, 16)],
    ['rotated', 'tiff', await drawP3(p3Red, 8, 6)],
  ]
  for (const [name, format, bytes] of originals) {
    const { images, dominantColor } = await render(bytes, format, [
      {},
      { color: 'p3' },
      { color: 'p3', width: 32, linear: true },
    ])
    const [srgb, p3, small] = images
    t.ok(isNear(await numbersOf(p3), p3Red), `${name}: ${await numbersOf(p3)}`)
    t.ok(isNear(await numbersOf(small), p3Red), `${name}, linear: ${await numbersOf(small)}`)
    t.equal((await sharp(p3).metadata()).icc?.length, 480, name)
    t.equal((await sharp(srgb).metadata()).icc, undefined, name)
    const [red = 0] = await numbersOf(srgb)
    t.ok(red > 245, `${name}: sRGB has no such red: ${red}`)
    t.match(dominantColor, /^#f/, 'the dominant colour is sRGB')
  }
})

test('a p3 variant of an sRGB image shows the same colours', async (t) => {
  const srgb = [200, 60, 40] as const
  const [r, g, b] = srgb
  const create = { width: 200, height: 100, channels: 3, background: { r, g, b } } as const
  const originals: [AcceptedFormat, Promise<Buffer>][] = [
    ['png', sharp({ create }).png().toBuffer()],
    ['tiff', sharp({ create }).toColourspace('rgb16').tiff({ compression: 'none' }).toBuffer()],
    ['png', sharp({ create }).withIccProfile('srgb').png().toBuffer()],
  ]
  for (const [format, bytes] of originals) {
    const { images } = await render(await bytes, format, [
      { color: 'p3' },
      { color: 'p3', format: 'webp', quality: 100 },
    ])
    for (const image of images) {
      const shown = await sharp(image).raw().toBuffer()
      t.ok(isNear([...shown.subarray(0, 3)], [...srgb], 4), `${[...shown.subarray(0, 3)]}`)
      t.notOk(isNear(await numbersOf(image), [...srgb], 4), 'the stored numbers differ')
    }
  }
})
