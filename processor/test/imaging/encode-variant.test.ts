import { test } from 'tap'
import type { AcceptedFormat } from '../../../core/images/formats.ts'
import { readVariants } from '../../../core/images/read-variants.ts'
import type { VariantSpec } from '../../../core/images/variants.ts'
import { drawNoise } from '../../../scripts/testkit/images/make-image.ts'
import { testLimits } from '../../../scripts/testkit/test-limits.ts'
import { sharp } from '../../imaging/decoder.ts'
import { encodeFrame } from '../../imaging/encode-variant.ts'
import type { Frame } from '../../imaging/frame.ts'
import type { WithMemory } from '../../imaging/memory-semaphore.ts'

function specOf(fields: Partial<VariantSpec>): VariantSpec {
  const [spec] = readVariants(JSON.stringify([{ name: 'any', width: 64, height: 64, ...fields }]))
  if (!spec) throw new Error('no variant')
  return spec
}

async function noise(channels: 3 | 4): Promise<Frame> {
  const { data, info } = await drawNoise({ width: 64, height: 48, channels })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels }
}

const clearRed: Frame = {
  data: Buffer.from(Array.from({ length: 64 * 48 }, () => [255, 0, 0, 0]).flat()),
  width: 64,
  height: 48,
  channels: 4,
}

test('each format has its content type and extension', async (t) => {
  const white = '#ffffff'
  const cases: [format: VariantSpec['format'], original: AcceptedFormat, type: string, extension: string][] =
    [
      ['webp', 'jpeg', 'image/webp', 'webp'],
      ['avif', 'jpeg', 'image/avif', 'avif'],
      ['jpeg', 'png', 'image/jpeg', 'jpg'],
      ['png', 'jpeg', 'image/png', 'png'],
      ['same', 'jpeg', 'image/jpeg', 'jpg'],
      ['same', 'png', 'image/png', 'png'],
      ['same', 'webp', 'image/webp', 'webp'],
      ['same', 'avif', 'image/avif', 'avif'],
      ['same', 'gif', 'image/gif', 'gif'],
      ['same', 'tiff', 'image/png', 'png'],
    ]
  const frame = await noise(3)
  for (const [format, original, contentType, extension] of cases) {
    const spec = specOf({ format, effort: 0, ...(format === 'jpeg' && { background: white }) })
    const variant = await encodeFrame(frame, spec, original, testLimits)
    t.match(
      variant,
      { name: 'any', contentType, extension, width: 64, height: 48 },
      `${format} of ${original}`,
    )
    t.notOk('pages' in variant)
    const { mediaType, width, height } = await sharp(variant.bytes).metadata()
    t.strictSame([mediaType, width, height], [contentType, 64, 48], `${format} of ${original}: the bytes`)
  }
})

test('quality and effort change the result where the format has them', async (t) => {
  const frame = await noise(3)
  const bytesOf = async (fields: Partial<VariantSpec>) => {
    const { bytes } = await encodeFrame(
      frame,
      specOf({ background: '#ffffff', ...fields }),
      'png',
      testLimits,
    )
    return bytes.length
  }
  for (const format of ['webp', 'avif', 'jpeg'] as const) {
    const [poor, good] = [await bytesOf({ format, quality: 20 }), await bytesOf({ format, quality: 95 })]
    t.ok(poor < good * 0.6, `${format}: ${poor} and ${good} bytes`)
  }
  t.equal(await bytesOf({ format: 'png', quality: 20 }), await bytesOf({ format: 'png', quality: 95 }))
  for (const format of ['webp', 'avif'] as const) {
    t.not(await bytesOf({ format, effort: 0 }), await bytesOf({ format, effort: 4 }), format)
  }
})

test('transparency is kept, or flattened onto the configured background', async (t) => {
  for (const format of ['webp', 'avif', 'png'] as const) {
    const { bytes } = await encodeFrame(clearRed, specOf({ format }), 'png', testLimits)
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
    t.strictSame([info.channels, data[3]], [4, 0], `${format}: survives`)
  }
  for (const format of ['webp', 'avif', 'png', 'jpeg', 'same'] as const) {
    const { bytes } = await encodeFrame(
      clearRed,
      specOf({ format, background: '#1478c8' }),
      'png',
      testLimits,
    )
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
    t.equal(info.channels, 3, `${format}: opaque`)
    const [red = 0, green = 0, blue = 0] = data
    const isNear = Math.abs(red - 0x14) < 6 && Math.abs(green - 0x78) < 6 && Math.abs(blue - 0xc8) < 6
    t.ok(isNear, `${format}: ${red} ${green} ${blue}`)
  }
})

test('a background does not change an opaque image', async (t) => {
  const frame = await noise(3)
  const [with_, without] = [
    await encodeFrame(frame, specOf({ background: '#000000' }), 'jpeg', testLimits),
    await encodeFrame(frame, specOf({}), 'jpeg', testLimits),
  ]
  t.ok(with_.bytes.equals(without.bytes))
})

test('an AVIF waits for the memory that its encoder needs', async (t) => {
  const held: number[] = []
  const withMemory: WithMemory = (bytes, work) => {
    held.push(bytes)
    return work()
  }
  for (const [format, channels] of [
    ['avif', 3],
    ['avif', 4],
    ['webp', 3],
  ] as const) {
    await encodeFrame(await noise(channels), specOf({ format }), 'png', { ...testLimits, withMemory })
  }
  await encodeFrame(await noise(3), specOf({ format: 'same' }), 'avif', { ...testLimits, withMemory })
  t.strictSame(held, [64 * 48 * 35, 64 * 48 * 49, 0, 64 * 48 * 35])
})
