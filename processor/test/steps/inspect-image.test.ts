import { test } from 'tap'
import { acceptedFormats } from '../../../core/variants.ts'
import { inspectImage } from '../../steps/inspect-image.ts'
import { createStepDeps, fetchedWork } from '../doubles/fetched-work.ts'
import { claimJpegDimensions } from '../images/claim-dimensions.ts'
import { makeBlankPng } from '../images/make-blank-png.ts'
import { drawNoise, makeImage } from '../images/make-image.ts'

const { deps } = createStepDeps()
const formats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const

test('format and size come from the bytes', async (t) => {
  for (const format of formats) {
    const bytes = await makeImage(format, { width: 64, height: 48 })
    const work = await inspectImage(fetchedWork(bytes, acceptedFormats[format]), deps)
    t.match(work, { stage: 'inspected', format, width: 64, height: 48 }, format)
  }
})

test('the size is that of the upright image', async (t) => {
  const lying = await drawNoise({ width: 64, height: 48 }).withMetadata({ orientation: 6 }).jpeg().toBuffer()
  t.match(await inspectImage(fetchedWork(lying, 'image/jpeg'), deps), { width: 48, height: 64 })
})

test('the declared type is the one stored with the object', async (t) => {
  const bytes = await makeImage('png')
  const declared = { ...fetchedWork(bytes, 'image/png'), contentType: 'image/jpeg' }
  await t.rejects(inspectImage(declared, deps), {
    name: 'Rejection',
    reason: 'format_mismatch',
    message: 'The bytes are image/png, but the upload was declared as image/jpeg.',
  })
  const withParameter = { ...fetchedWork(bytes, 'image/jpeg'), contentType: 'Image/PNG; charset=binary' }
  t.match(await inspectImage(withParameter, deps), { format: 'png' })
})

test('too many pixels are refused by the header alone', async (t) => {
  const small = await makeImage('jpeg')
  await t.rejects(inspectImage(fetchedWork(makeBlankPng(20_000, 20_000), 'image/png'), deps), {
    name: 'Rejection',
    reason: 'too_many_pixels',
    message: /20000×20000 pixels; this system accepts 100000000/,
  })
  await t.rejects(inspectImage(fetchedWork(claimJpegDimensions(small, 65_500, 65_500), 'image/jpeg'), deps), {
    name: 'Rejection',
    reason: 'too_many_pixels',
  })
  t.match(await inspectImage(fetchedWork(makeBlankPng(10_000, 10_000), 'image/png'), deps), { width: 10_000 })
})

test('pages count', async (t) => {
  const pages = await Promise.all(
    Array.from({ length: 10 }, () => makeImage('png', { width: 20, height: 10 })),
  )
  const { sharp } = await import('../../decoder.ts')
  const animation = await sharp(pages, { join: { animated: true } })
    .gif()
    .toBuffer()
  const { deps: narrow } = createStepDeps({ maxInputPixels: 1_999 })
  await t.rejects(inspectImage(fetchedWork(animation, 'image/gif'), narrow), {
    name: 'Rejection',
    reason: 'too_many_pixels',
    message: /20×10 pixels in 10 pages/,
  })
  const { deps: wide } = createStepDeps({ maxInputPixels: 2_000 })
  t.match(await inspectImage(fetchedWork(animation, 'image/gif'), wide), { width: 20, height: 10 })
})

test('bytes of no accepted format never reach a decoder', async (t) => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>')
  await t.rejects(inspectImage(fetchedWork(svg, 'image/png'), deps), {
    name: 'Rejection',
    reason: 'format_unsupported',
    message: /SVG/,
  })
})

test('a header that cannot be read is a corrupt image', async (t) => {
  const png = await makeImage('png')
  await t.rejects(inspectImage(fetchedWork(png.subarray(0, 20), 'image/png'), deps), {
    name: 'Rejection',
    reason: 'image_corrupt',
  })
})
