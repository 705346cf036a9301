import { test } from 'tap'
import type { AcceptedContentType } from '../../../../core/images/formats.ts'
import { variantKey } from '../../../../core/images/object-key.ts'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { makeAnimation } from '../../../../scripts/testkit/images/make-animation.ts'
import { drawNoise, makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { renderVariants } from '../../../pipeline/steps/render-variants.ts'
import { storeVariants } from '../../../pipeline/steps/store-variants.ts'

test('variants are stored under the keys and with the lengths in the record', async (t) => {
  const { deps, processedBucket } = createStepDeps()
  const work = await inspectedWork(await makeImage('png'), 'image/png', deps)
  const { result, record } = await storeVariants(await renderVariants(work, deps), deps)
  if (result.status !== 'ready') throw new Error('expected an image')
  const facts = { format: 'png', width: 320, height: 240, colorSpace: 'srgb', hasAlpha: false, pages: 1 }
  t.match(result, { recipe: deps.recipe, image: facts })
  t.strictSame(
    result.image.variants.map(({ key }) => key),
    ['thumb', 'medium', 'large'].map((name) => variantKey(record, deps.recipe, name, 'webp')),
  )
  for (const { key, byteLength, contentType } of result.image.variants) {
    const stored = processedBucket.objects.get(key)
    t.strictSame([stored?.contentType, stored?.bytes.length], [contentType, byteLength])
  }
  t.equal(processedBucket.objects.size, 3)
})

test('the record has the photo facts of the original', async (t) => {
  const { deps } = createStepDeps()
  async function factsOf(bytes: Buffer, contentType: AcceptedContentType) {
    const { result } = await storeVariants(
      await renderVariants(await inspectedWork(bytes, contentType, deps), deps),
      deps,
    )
    return result.status === 'ready' ? result.image : undefined
  }
  const clear = await drawNoise({ channels: 4 }).toColourspace('rgb16').png().toBuffer()
  t.match(await factsOf(clear, 'image/png'), { colorSpace: 'rgb16', hasAlpha: true, pages: 1 })
  t.match(await factsOf(await makeAnimation('gif'), 'image/gif'), { format: 'gif', pages: 3 })
  const inks = await drawNoise().toColourspace('cmyk').jpeg().toBuffer()
  t.match(await factsOf(inks, 'image/jpeg'), { colorSpace: 'cmyk', hasAlpha: false })
})
