import { test } from 'tap'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { makeTiff, type TiffTags } from '../../../../scripts/testkit/images/make-tiff.ts'
import { decodeImage } from '../../../imaging/decode-image.ts'
import { choosePage } from '../../../imaging/tiff/choose-page.ts'

const size = { width: 20, height: 10 }
/** Page 1 has 4×2 pixels; the others have 20×10. */
const small = { 256: 4, 257: 2, 278: 2 }

test('a thumbnail in front of the image is skipped', async (t) => {
  const { deps } = createStepDeps()
  const marks: TiffTags[] = [{ 254: 1 }, { 254: 4 }, { 255: 2 }]
  for (const mark of marks) {
    const tiff = makeTiff({ ...size, pages: 3, firstPageTags: { ...small, ...mark } })
    const work = await inspectedWork(tiff, 'image/tiff', deps)
    t.match(work, { ...size, page: 1, pages: 3 }, JSON.stringify(mark))
    const frame = await decodeImage(work, { width: 100, height: 100, fit: 'inside' }, deps.limits)
    t.match(frame, size)
  }
})

test('otherwise the first page is shown, regardless of its size', async (t) => {
  const { deps } = createStepDeps()
  const document = makeTiff({ ...size, pages: 3, firstPageTags: small })
  t.match(await inspectedWork(document, 'image/tiff', deps), { width: 4, height: 2, page: 0 })
  const pageOfMany = makeTiff({ ...size, pages: 3, firstPageTags: { ...small, 254: 2 } })
  t.match(await inspectedWork(pageOfMany, 'image/tiff', deps), { width: 4, height: 2, page: 0 })
  const thumbnailsOnly = makeTiff({ ...size, pages: 40, tags: { 254: 1 } })
  t.match(await inspectedWork(thumbnailsOnly, 'image/tiff', deps), { ...size, page: 0 })
  t.equal(choosePage(makeTiff({ ...size, tags: { 254: 1 }, afterLast: 'first page' })).page, 0)
  t.equal(choosePage(Buffer.from('II*\0')).page, 0)
})

test('only the page shown counts towards the limits', async (t) => {
  const { deps } = createStepDeps({ maxInputPixels: 200, maxAnimatedPixels: 200 })
  const fax = makeTiff({ ...size, pages: 12 })
  t.match(await inspectedWork(fax, 'image/tiff', deps), { ...size, pages: 12 })
  const { deps: narrow } = createStepDeps({ maxInputPixels: 199 })
  await t.rejects(
    inspectedWork(makeTiff({ ...size, pages: 2, firstPageTags: { ...small, 254: 1 } }), 'image/tiff', narrow),
    {
      reason: 'too_many_pixels',
      message: 'The image has 20×10 pixels; the maximum is 199 in total.',
    },
  )
})
