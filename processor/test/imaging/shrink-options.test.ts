import { randomBytes } from 'node:crypto'
import { type Test, test } from 'tap'
import { type AcceptedFormat, acceptedFormats } from '../../../core/images/formats.ts'
import { readVariants } from '../../../core/images/read-variants.ts'
import type { VariantSpec } from '../../../core/images/variants.ts'
import { createStepDeps, inspectedWork } from '../../../scripts/testkit/create-step-deps.ts'
import { sharp } from '../../imaging/decoder.ts'
import { renderVariants } from '../../pipeline/steps/render-variants.ts'

const { deps } = createStepDeps()

type Entry = Partial<VariantSpec> & Pick<VariantSpec, 'width' | 'height'>

async function render(bytes: Buffer, original: AcceptedFormat, entries: Entry[]) {
  const table = entries.map((entry, index) => ({ name: `v${index}`, format: 'png', ...entry }))
  const variants = readVariants(JSON.stringify(table))
  const work = await inspectedWork(bytes, acceptedFormats[original], deps)
  const { rendered } = await renderVariants(work, { ...deps, variants })
  return rendered.map((variant) => variant.bytes)
}

/** The mean of each channel, 0 to 255. */
async function meansOf(png: Buffer | undefined): Promise<number[]> {
  const { channels } = await sharp(png).stats()
  return channels.map(({ mean }) => mean)
}

/** Black and white pixels in turn: half the light of white, which is the sRGB number 188 and not 128. */
function drawCheckerboard(side: number) {
  const data = Buffer.from(
    Array.from({ length: side * side }, (_, at) => ((at + Math.floor(at / side)) % 2 ? 255 : 0)),
  )
  return sharp(data, { raw: { width: side, height: side, channels: 1 } }).toColourspace('srgb')
}

async function isGrey(t: Test, png: Buffer | undefined, expected: number, name: string): Promise<void> {
  for (const mean of (await meansOf(png)).slice(0, 3)) t.ok(Math.abs(mean - expected) < 2, `${name}: ${mean}`)
}

test('a linear variant has the light of the original', async (t) => {
  const board = drawCheckerboard(512)
  const deep = board.clone().toColourspace('rgb16')
  const originals: [string, AcceptedFormat, Promise<Buffer>][] = [
    ['PNG', 'png', board.clone().png().toBuffer()],
    ['JPEG', 'jpeg', board.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()],
    ['WebP with alpha', 'webp', board.clone().ensureAlpha(0.5).webp({ lossless: true }).toBuffer()],
    ['grey TIFF', 'tiff', board.clone().toColourspace('b-w').tiff({ compression: 'none' }).toBuffer()],
    ['16 bits', 'png', deep.clone().png().toBuffer()],
    ['Display P3', 'png', board.clone().withIccProfile('p3').png().toBuffer()],
    ['Display P3 in 16 bits', 'png', deep.withIccProfile('p3').png().toBuffer()],
    ['rotated', 'jpeg', board.clone().withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer()],
  ]
  const box = { width: 64, height: 64 }
  for (const [name, format, bytes] of originals) {
    const [plain, linear] = await render(await bytes, format, [box, { ...box, linear: true }])
    await isGrey(t, plain, 128, name)
    await isGrey(t, linear, 188, `${name}, linear`)
  }
})

test('a linear variant is not derived from one that is not linear', async (t) => {
  const board = await drawCheckerboard(512).png().toBuffer()
  const thumb = { width: 50, height: 50, fit: 'cover' } as const
  const [, , linear] = await render(board, 'png', [
    { width: 256, height: 256 },
    { width: 128, height: 128 },
    { ...thumb, linear: true },
  ])
  await isGrey(t, linear, 188, 'the original has it')
  const [large, small] = await render(board, 'png', [{ width: 256, height: 256, linear: true }, thumb])
  await isGrey(t, large, 188, 'the large one')
  await isGrey(t, small, 188, 'derived from the large one')
})

test('an animation can be linear', async (t) => {
  const board = await drawCheckerboard(128).png().toBuffer()
  const darker = await sharp(board).linear(0.5).png().toBuffer()
  const animation = await sharp([board, darker], { join: { animated: true } })
    .webp({ lossless: true })
    .toBuffer()
  const [webp] = await render(animation, 'webp', [
    { width: 32, height: 32, format: 'webp', animated: true, linear: true },
  ])
  t.equal((await sharp(webp).metadata()).pages, 2)
  await isGrey(t, webp, 188, 'its first frame')
})

const square = { width: 100, height: 100, channels: 3 } as const
const squareBox = { width: 100, height: 100, fit: 'cover' } as const

/** A grey stripe with a picture near its end, as it is and stored upside down. */
async function drawStripes(input: Buffer): Promise<Buffer[]> {
  const create = { width: 900, height: 100, channels: 3, background: '#808080' } as const
  const stripe = await sharp({ create })
    .composite([{ input, left: 800, top: 0 }])
    .png()
    .toBuffer()
  return [stripe, await sharp(stripe).withMetadata({ orientation: 3 }).png().toBuffer()]
}

test('a crop keeps the middle by default', async (t) => {
  const white = await sharp({ create: { ...square, background: 'white' } })
    .png()
    .toBuffer()
  for (const stripe of await drawStripes(white)) {
    const [plain, center] = await render(stripe, 'png', [squareBox, { ...squareBox, position: 'center' }])
    t.ok(plain && center?.equals(plain))
    await isGrey(t, center, 128, 'the middle')
  }
})

test('attention keeps the saturated part', async (t) => {
  const red = await sharp({ create: { ...square, background: '#e01010' } })
    .png()
    .toBuffer()
  for (const stripe of await drawStripes(red)) {
    for (const linear of [false, true]) {
      const [crop] = await render(stripe, 'png', [{ ...squareBox, position: 'attention', linear }])
      const [r = 0, g = 0] = await meansOf(crop)
      t.ok(r - g > 100, `${r}, ${g}`)
      t.match(await sharp(crop).metadata(), { width: 100, height: 100 })
    }
  }
})

test('entropy keeps the part with most detail', async (t) => {
  const noise = await sharp(randomBytes(30_000), { raw: square }).png().toBuffer()
  for (const stripe of await drawStripes(noise)) {
    const [crop] = await render(stripe, 'png', [{ ...squareBox, position: 'entropy' }])
    const { entropy } = await sharp(crop).stats()
    t.ok(entropy > 5, `${entropy} bits`)
  }
})
