import { test } from 'tap'
import { sharp } from '../decoder.ts'

test('libvips has no loader for anything that is not accepted', async (t) => {
  const strangers = {
    svg: '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>',
    ppm: 'P6\n1 1\n255\nabc',
    radiance: '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\nabcd',
  }
  for (const [name, text] of Object.entries(strangers)) {
    await t.rejects(sharp(Buffer.from(text)).metadata(), /unsupported image format/, name)
  }
  const { files, items, memory } = sharp.cache()
  t.match({ files, items, memory }, { files: { max: 0 }, items: { max: 0 }, memory: { max: 0 } })
})
