import { readFile } from 'node:fs/promises'
import { test } from 'tap'
import { readVariants } from '../../../../core/images/read-variants.ts'
import { createStepDeps, fetchedWork, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { encodeAs } from '../../../../scripts/testkit/images/make-image.ts'
import { prepareAvif } from '../../../imaging/avif/prepare-avif.ts'
import { sharp } from '../../../imaging/decoder.ts'
import { inspectImage } from '../../../pipeline/steps/inspect-image.ts'
import { renderVariants } from '../../../pipeline/steps/render-variants.ts'

const { deps } = createStepDeps()
const red = sharp({ create: { width: 20, height: 10, channels: 3, background: '#ff0000' } })
const readSequence = () => readFile(new URL('./sequence-of-two.avif', import.meta.url))

async function render(avif: Buffer) {
  const variants = readVariants(
    '[{"name":"still","width":500,"height":500,"format":"png"},{"name":"moving","width":500,"height":500,"animated":true}]',
  )
  return renderVariants(await inspectedWork(avif, 'image/avif', deps), { ...deps, variants })
}

test('an AVIF sequence from a real encoder is shown by its first frame', async (t) => {
  const { rendered, hasAlpha } = await render(await readSequence())
  t.equal(hasAlpha, true)
  for (const { name, bytes } of rendered) {
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
    t.match(info, { width: 160, height: 120 }, name)
    const middle = (60 * info.width + 80) * info.channels
    const [red = 0, green = 0, blue = 0] = data.subarray(middle)
    t.ok(red > 225 && green < 45 && blue < 55, `${name}: ${red}, ${green}, ${blue}`)
    t.ok((data[0] ?? 255) < 30, `${name}: the black corner is that of the first frame`)
  }
})

test('a sequence without a still picture is refused with a specific reason', async (t) => {
  const sequence = await readSequence()
  const metaAt = sequence.readUInt32BE(0)
  const metaBytes = sequence.readUInt32BE(metaAt)
  const video = Buffer.concat([sequence.subarray(0, metaAt), sequence.subarray(metaAt + metaBytes)])
  for (const heic of [true, false]) {
    await t.rejects(inspectImage(fetchedWork(video, 'image/avif'), { ...deps, heic }), {
      reason: 'format_unsupported',
      message: /an AVIF sequence without a still picture.*Export the animation as WebP or GIF/,
    })
  }
})

test('an AVIF is decoded whichever brand comes first', async (t) => {
  const still = await encodeAs('avif', red)
  t.equal(prepareAvif(still).bytes, still, 'unchanged when it is avif')
  for (const brand of ['avis', 'mif1', 'miaf', 'MA1B']) {
    const renamed = Buffer.from(still)
    renamed.write(brand, 8)
    renamed.write('avif', 16)
    t.match(await render(renamed), { width: 20, height: 10, dominantColor: /^#f[c-f]0[0-3]0[0-3]$/ }, brand)
  }
})

test('a damaged box causes a rejection, never another error', async (t) => {
  const sequence = await readSequence()
  const truncated = sequence.subarray(0, 3_000)
  await t.rejects(render(truncated), { name: 'Rejection', reason: 'image_corrupt' })
  for (const size of [0, 1, 7, 0xffffffff]) {
    const damaged = Buffer.from(sequence)
    damaged.writeUInt32BE(size, sequence.readUInt32BE(0))
    await t.rejects(render(damaged), { name: 'Rejection' }, `a box of ${size} bytes`)
  }
})
