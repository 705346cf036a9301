import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'tap'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { sharp } from '../../imaging/decoder.ts'

const run = promisify(execFile)
const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>')

test('libvips has loaders for the accepted formats only', async (t) => {
  const strangers = {
    svg: svg.toString(),
    ppm: 'P6\n1 1\n255\nabc',
    radiance: '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\nabcd',
  }
  for (const [name, text] of Object.entries(strangers)) {
    await t.rejects(sharp(Buffer.from(text)).metadata(), /unsupported image format/, name)
  }
  const { files, items, memory } = sharp.cache()
  t.match({ files, items, memory }, { files: { max: 0 }, items: { max: 0 }, memory: { max: 0 } })
})

test('formats that sharp reads by default are rejected, as a file or as bytes', async (t) => {
  const folder = t.testdir()
  const svgFile = join(folder, 'image.svg')
  const vipsFile = join(folder, 'image.v')
  await writeFile(svgFile, svg)
  const pixels = { create: { width: 4, height: 4, channels: 3, background: 'red' } } as const
  await sharp(pixels).toFile(vipsFile)

  for (const file of [svgFile, vipsFile]) {
    t.match(await readWithPlainSharp(file), { width: Number }, `${file}: this sharp has a loader for it`)
    await t.rejects(sharp(file).metadata(), /unsupported|blocked/, `${file}: by its name`)
    await t.rejects(sharp(file).raw().toBuffer(), /unsupported|blocked/, `${file}: its pixels`)
  }
  await t.rejects(sharp(svg).raw().toBuffer(), /unsupported/, 'by its bytes')
  const stream = sharp()
  stream.end(svg)
  await t.rejects(stream.raw().toBuffer(), /unsupported/, 'as a stream')
  const canvas = sharp(pixels)
  await t.rejects(
    canvas
      .composite([{ input: svg }])
      .raw()
      .toBuffer(),
    /unsupported/,
    'as an overlay',
  )
})

test('the accepted formats are read', async (t) => {
  for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const) {
    t.match(await sharp(await makeImage(format, { width: 9, height: 9 })).metadata(), { width: 9 }, format)
  }
})

/** Runs in a separate process, because blocking a loader affects the whole process. */
async function readWithPlainSharp(file: string): Promise<unknown> {
  const program = `const { default: sharp } = await import('sharp')
    console.log(JSON.stringify(await sharp(process.argv[1]).metadata()))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, file])
  return JSON.parse(stdout)
}
