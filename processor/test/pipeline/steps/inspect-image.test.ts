import { test } from 'tap'
import { acceptedFormats } from '../../../../core/images/formats.ts'
import { readVariants } from '../../../../core/images/read-variants.ts'
import { createStepDeps, fetchedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { claimJpegDimensions } from '../../../../scripts/testkit/images/claim-dimensions.ts'
import { makeBlankPng } from '../../../../scripts/testkit/images/make-blank-png.ts'
import { makeGif } from '../../../../scripts/testkit/images/make-gif.ts'
import { drawNoise, makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { makeTiff } from '../../../../scripts/testkit/images/make-tiff.ts'
import { makeWebp } from '../../../../scripts/testkit/images/make-webp.ts'
import { inspectImage } from '../../../pipeline/steps/inspect-image.ts'

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
  const rotated = await drawNoise({ width: 64, height: 48 })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  t.match(await inspectImage(fetchedWork(rotated, 'image/jpeg'), deps), { width: 48, height: 64 })
})

test('bytes of another type than the declared one are rejected', async (t) => {
  const bytes = await makeImage('png')
  const declared = fetchedWork(bytes, 'image/jpeg')
  await t.rejects(inspectImage(declared, deps), {
    name: 'Rejection',
    reason: 'format_mismatch',
    message:
      'The file is image/png, but the upload was declared as image/jpeg. Upload it again as image/png.',
  })
  const withParameter = { ...fetchedWork(bytes, 'image/jpeg'), contentType: 'Image/PNG; charset=binary' }
  t.match(await inspectImage(withParameter, deps), { format: 'png', contentType: 'image/png' })
})

test('a declaration that was corrected after the upload is accepted', async (t) => {
  const bytes = await makeImage('png')
  const corrected = { ...fetchedWork(bytes, 'image/png'), contentType: 'image/jpeg' }
  t.match(await inspectImage(corrected, deps), { format: 'png', contentType: 'image/png' })
})

test('too many pixels are rejected by the header alone', async (t) => {
  const small = await makeImage('jpeg')
  await t.rejects(inspectImage(fetchedWork(makeBlankPng(20_000, 20_000), 'image/png'), deps), {
    name: 'Rejection',
    reason: 'too_many_pixels',
    message: /20000×20000 pixels; the maximum is 100000000/,
  })
  await t.rejects(inspectImage(fetchedWork(claimJpegDimensions(small, 65_500, 65_500), 'image/jpeg'), deps), {
    name: 'Rejection',
    reason: 'too_many_pixels',
  })
  t.match(await inspectImage(fetchedWork(makeBlankPng(10_000, 10_000), 'image/png'), deps), { width: 10_000 })
})

test('the pixels of all frames count if a variant shows them', async (t) => {
  const animation = makeGif({ width: 20, height: 10, frames: 10 })
  const { deps: narrow } = createStepDeps({ maxAnimatedPixels: 1_999 })
  const fetched = fetchedWork(animation, 'image/gif')
  t.match(await inspectImage(fetched, narrow), { width: 20, pages: 10 }, 'a still variant shows one')
  const variants = readVariants('[{"name":"moving","width":100,"height":100,"animated":true}]')
  await t.rejects(inspectImage(fetched, { ...narrow, variants }), {
    name: 'Rejection',
    reason: 'too_many_pixels',
    message: /20×10 pixels in 10 pages/,
  })
  const { deps: wide } = createStepDeps({ maxAnimatedPixels: 2_000, maxInputPixels: 200 })
  t.match(await inspectImage(fetchedWork(animation, 'image/gif'), wide), { width: 20, height: 10 })
})

test('unsupported bit depths and colour spaces are rejected', async (t) => {
  const refuse = async (tiff: Buffer, message: RegExp) =>
    t.rejects(inspectImage(fetchedWork(tiff, 'image/tiff'), deps), {
      name: 'Rejection',
      reason: 'pixel_format_unsupported',
      message,
    })
  const size = { width: 8, height: 8 }
  await refuse(makeTiff({ ...size, bits: 32, sampleFormat: 3 }), /of the kind "float"/)
  await refuse(makeTiff({ ...size, bits: 32 }), /of the kind "uint"/)
  await refuse(makeTiff({ ...size, bits: 16, sampleFormat: 2 }), /of the kind "short"/)
  await refuse(makeTiff({ ...size, photometric: 5 }), /colour space "multiband"/)
  const deep = fetchedWork(makeTiff({ ...size, bits: 16 }), 'image/tiff')
  t.match(await inspectImage(deep, deps), { depth: 'ushort', space: 'rgb16' })
})

test('formats that are decoded in one piece have a separate limit', async (t) => {
  const { deps: narrow } = createStepDeps({ maxDecodeBytes: 1_000_000 })
  const size = { width: 400, height: 400 }
  await t.rejects(inspectImage(fetchedWork(await makeImage('avif', size), 'image/avif'), narrow), {
    reason: 'too_many_pixels',
    message: /400×400 pixels, and as an AVIF image needs 3 MB to decode; this system allows 1 MB/,
  })
  const rowByRow = fetchedWork(await makeImage('png', { width: 1_000, height: 1_000 }), 'image/png')
  t.match(await inspectImage(rowByRow, narrow), { width: 1_000 })
})

test('the pixels of all frames count if a variant stays animated', async (t) => {
  const { deps: narrow } = createStepDeps({ maxDecodeBytes: 10_000_000 })
  const variants = readVariants('[{"name":"moving","width":100,"height":100,"animated":true}]')
  const animation = await makeWebp({ width: 500, height: 500, frames: 20 })
  const fetched = fetchedWork(animation, 'image/webp')
  t.match(await inspectImage(fetched, narrow), { pages: 20 }, 'its first frame alone is small')
  await t.rejects(inspectImage(fetched, { ...narrow, variants }), {
    reason: 'too_many_pixels',
    message: /500×500 pixels, and as an animated WEBP image needs 21 MB to decode; this system allows 10 MB/,
  })
  const gif = fetchedWork(makeGif({ width: 500, height: 500, frames: 20 }), 'image/gif')
  t.match(await inspectImage(gif, { ...narrow, variants }), { pages: 20 }, 'a GIF is decoded frame by frame')
})

test('pages are counted before decoding', async (t) => {
  const many = { width: 4, height: 4 }
  const bombs = [
    [await makeWebp({ ...many, frames: 1_001 }), 'image/webp'],
    [makeTiff({ ...many, pages: 1_001 }), 'image/tiff'],
    [makeTiff({ ...many, pages: 3, afterLast: 'first page' }), 'image/tiff'],
  ] as const
  for (const [bytes, contentType] of bombs) {
    await t.rejects(inspectImage(fetchedWork(bytes, contentType), deps), {
      name: 'Rejection',
      reason: 'too_many_pages',
      message: /accepts: 1000/,
    })
  }
})

test('a long GIF is cut to its first frame unless a variant is animated', async (t) => {
  const gif = fetchedWork(makeGif({ width: 400, height: 400, frames: 1_001 }), 'image/gif')
  const work = await inspectImage(gif, deps)
  t.match(work, { width: 400, height: 400, pages: 1_001 })
  t.ok(work.original.length < 100, 'the decoder does not get the other frames')
  const variants = readVariants('[{"name":"moving","width":100,"height":100,"animated":true}]')
  await t.rejects(inspectImage(gif, { ...deps, variants }), {
    reason: 'too_many_pages',
    message: /accepts: 1000/,
  })

  const large = fetchedWork(makeGif({ width: 1_000, height: 1_000, frames: 900 }), 'image/gif')
  t.match(await inspectImage(large, deps), { width: 1_000, pages: 900 })
  await t.rejects(inspectImage(large, { ...deps, variants }), {
    reason: 'too_many_pixels',
    message: /1000×1000 pixels in 900 pages; the maximum is 100000000 in total/,
  })
})

test('the longer side is limited', async (t) => {
  await t.rejects(inspectImage(fetchedWork(makeBlankPng(1, 65_536), 'image/png'), deps), {
    reason: 'too_many_pixels',
    message: /1×65536 pixels; the maximum per side is 65535/,
  })
})

test('bytes of other formats never reach a decoder', async (t) => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>')
  await t.rejects(inspectImage(fetchedWork(svg, 'image/png'), deps), {
    name: 'Rejection',
    reason: 'format_unsupported',
    message: /SVG/,
  })
})

test('an image with an unreadable header is corrupt', async (t) => {
  const png = await makeImage('png')
  await t.rejects(inspectImage(fetchedWork(png.subarray(0, 20), 'image/png'), deps), {
    name: 'Rejection',
    reason: 'image_corrupt',
  })
})
