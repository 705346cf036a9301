import { test } from 'tap'
import type { AcceptedContentType } from '../../../core/images/formats.ts'
import { readVariants } from '../../../core/images/read-variants.ts'
import type { VariantSpec } from '../../../core/images/variants.ts'
import { createStepDeps, inspectedWork } from '../../../scripts/testkit/create-step-deps.ts'
import { makeAnimation } from '../../../scripts/testkit/images/make-animation.ts'
import { drawNoise } from '../../../scripts/testkit/images/make-image.ts'
import { sharp } from '../../imaging/decoder.ts'
import { renderVariants } from '../../pipeline/steps/render-variants.ts'

const { deps } = createStepDeps()

async function render(bytes: Buffer, contentType: AcceptedContentType, spec: Partial<VariantSpec>) {
  const table = [{ name: 'any', width: 30, height: 30, ...spec }]
  const variants = readVariants(JSON.stringify(table))
  const { rendered } = await renderVariants(await inspectedWork(bytes, contentType, deps), {
    ...deps,
    variants,
  })
  const [variant] = rendered
  if (!variant) throw new Error('no variant')
  return { variant, metadata: await sharp(variant.bytes).metadata() }
}

/** The middle of each frame. */
async function coloursOf(bytes: Buffer): Promise<string[]> {
  const { data, info } = await sharp(bytes, { animated: true }).raw().toBuffer({ resolveWithObject: true })
  const height = info.pageHeight ?? info.height
  return Array.from({ length: info.height / height }, (_, page) => {
    const at = ((page * height + (height >> 1)) * info.width + (info.width >> 1)) * info.channels
    return data.toString('hex', at, at + 3)
  })
}

test('an animated variant keeps the frames, delays and repetitions', async (t) => {
  for (const format of ['gif', 'webp'] as const) {
    const animation = await makeAnimation(format)
    for (const output of ['webp', 'same'] as const) {
      const { variant, metadata } = await render(animation, `image/${format}`, {
        format: output,
        animated: true,
      })
      const name = `${output} of ${format}`
      const expected = output === 'same' ? format : 'webp'
      t.match(variant, { contentType: `image/${expected}`, width: 30, height: 20, pages: 3 }, name)
      t.match(
        metadata,
        { format: expected, width: 30, height: 20, pages: 3, delay: [100, 200, 300], loop: 3 },
        name,
      )
      const colours = await coloursOf(variant.bytes)
      t.equal(colours.length, 3)
      for (const [index, wanted] of ['ff0000', '0000ff', '00ff00'].entries()) {
        t.ok(isNear(colours[index] ?? '', wanted), `${name}: frame ${index} is ${colours[index]}`)
      }
    }
  }
})

test('every frame is cropped, and none is enlarged', async (t) => {
  const animation = await makeAnimation('gif')
  const crop = { format: 'webp', animated: true, fit: 'cover' } as const
  t.match((await render(animation, 'image/gif', { ...crop, width: 20, height: 20 })).variant, {
    width: 20,
    height: 20,
    pages: 3,
  })
  t.match((await render(animation, 'image/gif', { ...crop, width: 400, height: 400 })).variant, {
    width: 40,
    height: 40,
    pages: 3,
  })
})

test('the transparency of frames is kept, or flattened onto the background', async (t) => {
  const animation = await makeAnimation('gif', { colours: ['#ff000000', '#0000ff', '#00ff0000'] })
  for (const format of ['webp', 'same'] as const) {
    const { metadata } = await render(animation, 'image/gif', { format, animated: true })
    t.match(metadata, { pages: 3, hasAlpha: true }, format)
  }
  const { variant } = await render(animation, 'image/gif', {
    format: 'webp',
    animated: true,
    background: '#ffff00',
  })
  const [first = '', second = ''] = await coloursOf(variant.bytes)
  t.ok(isNear(first, 'ffff00'), first)
  t.ok(isNear(second, '0000ff'), second)
})

test('any other variant is the first frame', async (t) => {
  const animation = await makeAnimation('gif')
  for (const format of ['webp', 'same', 'png', 'avif'] as const) {
    const { variant, metadata } = await render(animation, 'image/gif', { format })
    t.equal(metadata.pages ?? 1, 1, format)
    t.notOk('pages' in variant, format)
    const [colour = ''] = await coloursOf(variant.bytes)
    t.ok(isNear(colour, 'ff0000'), `${format}: ${colour}`)
  }
})

test('a still image does not become an animation', async (t) => {
  const still = await drawNoise({ width: 60, height: 40 }).gif().toBuffer()
  t.notOk('pages' in (await render(still, 'image/gif', { format: 'same', animated: true })).variant)
  const photo = await drawNoise({ width: 60, height: 40 }).jpeg().toBuffer()
  const { variant } = await render(photo, 'image/jpeg', { format: 'same', animated: true })
  t.match(variant, { contentType: 'image/jpeg', width: 30, height: 20 })
})

test('an animation with an orientation becomes an upright still image', async (t) => {
  const animation = await makeAnimation('webp', { orientation: 6 })
  const { variant } = await render(animation, 'image/webp', { format: 'webp', animated: true })
  t.match(variant, { width: 20, height: 30 })
  t.notOk('pages' in variant)
})

test('a damaged animation is rejected', async (t) => {
  const animation = await makeAnimation('webp', { width: 300, height: 300 })
  const damaged = Buffer.from(animation)
  damaged.fill(0xff, damaged.lastIndexOf('VP8') + 8)
  await t.rejects(render(damaged, 'image/webp', { format: 'webp', animated: true }), {
    name: 'Rejection',
    reason: 'image_corrupt',
  })
})

function isNear(colour: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(colour, 'hex'), Buffer.from(wanted, 'hex')]
  return a.length === b.length && a.every((value, at) => Math.abs(value - (b[at] ?? 0)) < 24)
}
