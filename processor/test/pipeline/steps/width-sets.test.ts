import { test } from 'tap'
import { readVariants } from '../../../../core/images/read-variants.ts'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { makeAnimation } from '../../../../scripts/testkit/images/make-animation.ts'
import { testLimits } from '../../../../scripts/testkit/test-limits.ts'
import { sharp } from '../../../imaging/decoder.ts'
import { renderVariants } from '../../../pipeline/steps/render-variants.ts'

const set = { name: 'hero', widths: [640, 320, 1280] }

const drawPlain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#336699' } })

async function render(
  bytes: Buffer,
  type: 'image/png' | 'image/jpeg' | 'image/gif',
  table: object[] = [set],
) {
  let decodes = 0
  const { deps } = createStepDeps({
    withMemory: (bytes, operation) => {
      if (bytes > 0) decodes++
      return testLimits.withMemory(bytes, operation)
    },
  })
  const withSet = { ...deps, variants: readVariants(JSON.stringify(table)) }
  const { rendered } = await renderVariants(await inspectedWork(bytes, type, withSet), withSet)
  return { decodes, rendered, sizes: rendered.map(({ name, width, height }) => `${name} ${width}×${height}`) }
}

test('a set has the widths up to that of the image, and the width of the image once', async (t) => {
  const cases: [width: number, height: number, expected: string[]][] = [
    [2000, 1000, ['hero-320 320×160', 'hero-640 640×320', 'hero-1280 1280×640']],
    [1280, 100, ['hero-320 320×25', 'hero-640 640×50', 'hero-1280 1280×100']],
    [1000, 500, ['hero-320 320×160', 'hero-640 640×320', 'hero-1280 1000×500']],
    [640, 20, ['hero-320 320×10', 'hero-640 640×20']],
    [321, 321, ['hero-320 320×320', 'hero-640 321×321']],
    [320, 40, ['hero-320 320×40']],
    [100, 1500, ['hero-320 100×1500']],
    [400, 16_000, ['hero-320 205×8192']],
  ]
  for (const [width, height, expected] of cases) {
    const { sizes } = await render(await drawPlain(width, height).png().toBuffer(), 'image/png')
    t.strictSame(sizes, expected, `${width}×${height}`)
  }
})

test('the width of the image is that of the upright image', async (t) => {
  const onItsSide = drawPlain(400, 1000).withMetadata({ orientation: 6 })
  const { sizes } = await render(await onItsSide.jpeg().toBuffer(), 'image/jpeg')
  t.strictSame(sizes, ['hero-320 320×128', 'hero-640 640×256', 'hero-1280 1000×400'])
})

test('a set and other variants together decode the image once', async (t) => {
  const progressive = await drawPlain(1600, 800).jpeg({ progressive: true }).toBuffer()
  const thumb = { name: 'thumb', width: 256, height: 256, fit: 'cover' }
  const large = { name: 'large', width: 1024, height: 1024 }
  const { decodes, sizes } = await render(progressive, 'image/jpeg', [thumb, set, large])
  t.equal(decodes, 1)
  t.strictSame(sizes, [
    'thumb 256×256',
    'hero-320 320×160',
    'hero-640 640×320',
    'hero-1280 1280×640',
    'large 1024×512',
  ])
})

test('a set of widths can stay animated', async (t) => {
  const gif = await makeAnimation('gif', { width: 64, height: 32 })
  const { rendered, sizes } = await render(gif, 'image/gif', [
    { name: 'moving', widths: [16, 32, 128, 256], animated: true },
  ])
  t.strictSame(sizes, ['moving-16 16×8', 'moving-32 32×16', 'moving-128 64×32'])
  for (const { pages = 1 } of rendered) t.ok(pages > 1)
})
