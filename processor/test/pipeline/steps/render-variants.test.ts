import { test } from 'tap'
import { readVariants } from '../../../../core/images/read-variants.ts'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { drawNoise, makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { makeTiff } from '../../../../scripts/testkit/images/make-tiff.ts'
import { sharp } from '../../../imaging/decoder.ts'
import { OutOfTime } from '../../../pipeline/deadline.ts'
import { renderVariants } from '../../../pipeline/steps/render-variants.ts'

const { deps } = createStepDeps()

async function renderPng(bytes: Buffer) {
  return renderVariants(await inspectedWork(bytes, 'image/png', deps), deps)
}

test('variants of images of any shape are never enlarged, and crops keep their aspect ratio', async (t) => {
  const cases: [width: number, height: number, thumb: string, medium: string, large: string][] = [
    [3000, 2000, '256×256', '1024×683', '2048×1365'],
    [1500, 1000, '256×256', '1024×683', '1500×1000'],
    [200, 100, '100×100', '200×100', '200×100'],
    [1, 1, '1×1', '1×1', '1×1'],
    [8000, 100, '100×100', '1024×13', '2048×26'],
    [100, 8000, '100×100', '13×1024', '26×2048'],
    [9000, 1, '1×1', '1024×1', '2048×1'],
    [6000, 300, '256×256', '1024×51', '2048×102'],
  ]
  for (const [width, height, ...expected] of cases) {
    const { rendered } = await renderPng(await drawPlain(width, height))
    const sizes = rendered.map((variant) => `${variant.width}×${variant.height}`)
    t.strictSame(sizes, expected, `${width}×${height}`)
    for (const { bytes, width, height, contentType, name } of rendered) {
      t.match(
        await sharp(bytes).metadata(),
        { format: 'webp', width, height },
        'the bytes match their description',
      )
      t.match({ contentType, name }, { contentType: 'image/webp', name: /thumb|medium|large/ })
    }
  }
})

test('the crop of a very long image has the full resolution of the original', async (t) => {
  const stripes = Buffer.from(Array.from({ length: 8000 * 100 }, (_, at) => ((at % 8000) % 2 ? 255 : 0)))
  const bytes = await sharp(stripes, { raw: { width: 8000, height: 100, channels: 1 } })
    .png()
    .toBuffer()
  const { rendered } = await renderPng(bytes)
  const thumb = rendered.find(({ name }) => name === 'thumb')
  const { channels } = await sharp(thumb?.bytes).stats()
  t.ok(
    (channels[0]?.stdev ?? 0) > 80,
    'stripes of one pixel are still there; from a smaller frame they would be grey',
  )
})

test('transparency is kept', async (t) => {
  const clear = await sharp({
    create: { width: 3000, height: 1500, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } },
  })
    .png()
    .toBuffer()
  const { rendered, dominantColor } = await renderPng(clear)
  for (const { bytes, name } of rendered) {
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
    t.equal(info.channels, 4, name)
    t.ok(Math.abs((data[3] ?? 0) - 128) < 4, name)
    t.ok((data[0] ?? 0) > 240 && (data[1] ?? 0) < 15, `${name}: colour is not darkened by transparency`)
  }
  t.match(dominantColor, /^#f[ef]0[01]0[01]$/)
})

test('the same image renders to the same bytes', async (t) => {
  const bytes = await drawNoise({ width: 1200, height: 900 }).png().toBuffer()
  const [first, second] = [await renderPng(bytes), await renderPng(bytes)]
  t.strictSame(
    first.rendered.map((variant) => variant.bytes.toString('base64')),
    second.rendered.map((variant) => variant.bytes.toString('base64')),
  )
  t.equal(first.placeholder, second.placeholder)
})

test('the record lists variants in the order of the variant table', async (t) => {
  const specs = readVariants(
    JSON.stringify([
      { name: 'b', width: 50, height: 50, fit: 'inside', quality: 50, effort: 0 },
      { name: 'a', width: 20, height: 40, fit: 'cover', quality: 50, effort: 0 },
      { name: 'c', width: 80, height: 80, fit: 'inside', quality: 50, effort: 0 },
    ]),
  )
  const bytes = await drawPlain(100, 100)
  const work = await inspectedWork(bytes, 'image/png', deps)
  const { rendered } = await renderVariants(work, { ...deps, variants: specs })
  t.strictSame(
    rendered.map(({ name, width, height }) => [name, width, height]),
    [
      ['b', 50, 50],
      ['a', 20, 40],
      ['c', 80, 80],
    ],
  )
  const onlyCrops = await renderVariants(work, { ...deps, variants: specs.slice(1, 2) })
  t.match(onlyCrops, { rendered: [{ name: 'a' }], placeholder: /./, dominantColor: '#336699' })
})

test('no variant is started when no time is left', async (t) => {
  const work = await inspectedWork(await drawPlain(10, 10), 'image/png', deps)
  const late = createStepDeps({ signal: AbortSignal.abort(new OutOfTime('late')) }).deps
  await t.rejects(renderVariants(work, late), { name: 'OutOfTime' })
})

function drawPlain(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#336699' } })
    .png()
    .toBuffer()
}

test('an error of the image library after the decode rejects the image at the first attempt', async (t) => {
  const work = await inspectedWork(await makeImage('png', { width: 16, height: 16 }), 'image/png', deps)
  // Were its header not refused, its five channels would fail when the frame is resized.
  const original = makeTiff({ width: 16, height: 16, channels: 5, tags: { 338: [0, 0] } })
  await t.rejects(renderVariants({ ...work, format: 'tiff', original }, deps), {
    name: 'Rejection',
    reason: 'processing_failed',
    message: 'The image was decoded, but no variants could be made of it.',
  })
})
