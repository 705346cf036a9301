import { test } from 'tap'
import { variantKey } from '../../../core/object-key.ts'
import { renderVariants } from '../../steps/render-variants.ts'
import { storeVariants } from '../../steps/store-variants.ts'
import { createStepDeps, inspectedWork } from '../doubles/fetched-work.ts'
import { makeImage } from '../images/make-image.ts'

test('variants lie where the record says, as long as it says', async (t) => {
  const { deps, processedBucket } = createStepDeps()
  const work = await inspectedWork(await makeImage('png'), 'image/png', deps)
  const { result, record } = await storeVariants(await renderVariants(work, deps), deps)
  if (result.status !== 'ready') throw new Error('expected an image')
  t.match(result.image, { format: 'png', width: 320, height: 240 })
  t.strictSame(
    result.image.variants.map(({ key }) => key),
    ['thumb', 'medium', 'large'].map((name) => variantKey(record, name, 'webp')),
  )
  for (const { key, byteLength, contentType } of result.image.variants) {
    const stored = processedBucket.objects.get(key)
    t.strictSame([stored?.contentType, stored?.bytes.length], [contentType, byteLength])
  }
  t.equal(processedBucket.objects.size, 3)
})
