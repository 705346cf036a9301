import { test } from 'tap'
import { readVariants } from '../../../../core/images/read-variants.ts'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { drawGif } from '../../../../scripts/testkit/images/make-gif.ts'
import { sharp } from '../../../imaging/decoder.ts'
import { prepareGif } from '../../../imaging/gif/prepare-gif.ts'
import { renderVariants } from '../../../pipeline/steps/render-variants.ts'

const { deps } = createStepDeps()
const palette = ['ff0000', '00ff00', '0000ff', 'ffff00']
const [green, blue, yellow] = [1, 2, 3]
const canvas = { width: 30, height: 30, palette }
const whole = [0, 0, 30, 30] as [number, number, number, number]
const corner = [0, 0, 10, 10] as [number, number, number, number]
const inner = [5, 5, 20, 20] as [number, number, number, number]
const keep = 1
const clear = 2
const restore = 3
const limits = { maxPages: 1_000 }

/** The table that a test renders: the first frame, and the whole animation in both animated formats. */
const table = readVariants(
  JSON.stringify([
    { name: 'still', width: 3_000, height: 3_000, format: 'png' },
    { name: 'webp', width: 3_000, height: 3_000, format: 'webp', animated: true, quality: 100 },
    { name: 'gif', width: 3_000, height: 3_000, format: 'same', animated: true },
  ]),
)

async function render(gif: Buffer) {
  const work = await inspectedWork(gif, 'image/gif', deps)
  const { rendered, ...facts } = await renderVariants(work, { ...deps, variants: table })
  const bytesOf = (name: string) =>
    rendered.find((variant) => variant.name === name)?.bytes ?? Buffer.alloc(0)
  return { ...facts, still: bytesOf('still'), webp: bytesOf('webp'), gif: bytesOf('gif') }
}

/** The first pixel and the middle of each frame: the name of a colour. */
async function look(bytes: Buffer): Promise<string[]> {
  const { data, info } = await sharp(bytes, { animated: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height, pageHeight = height } = info
  const pixel = (x: number, y: number) =>
    nameColor(data.subarray((y * width + x) * 4, (y * width + x + 1) * 4))
  return Array.from({ length: height / pageHeight }, (_, page) => {
    const top = page * pageHeight
    return `${pixel(0, top)} ${pixel(width >> 1, top + (pageHeight >> 1))}`
  })
}

function nameColor([red = 0, green = 0, blue = 0, alpha = 0]: Uint8Array): string {
  if (alpha < 128) return 'clear'
  const rgb = [red, green, blue].map((level) => (level > 127 ? 'f' : '0')).join('')
  return { f00: 'red', '0f0': 'green', '00f': 'blue', ff0: 'yellow' }[rgb] ?? rgb
}

// Each expectation is what Chromium 156 shows.
const cases: Record<string, { gif: Buffer; frames: string[] }> = {
  'a first frame that is smaller than the canvas': {
    gif: drawGif({ ...canvas, frames: [{ area: inner, color: green }] }),
    frames: ['clear green'],
  },
  'a second frame that fills the canvas': {
    gif: drawGif({
      ...canvas,
      frames: [
        { area: inner, color: green, delay: 200 },
        { area: whole, color: blue, delay: 300 },
      ],
    }),
    frames: ['clear green', 'blue blue'],
  },
  'a frame whose pixels end early': {
    gif: drawGif({ ...canvas, frames: [{ area: whole, color: green, storedPixels: 300 }] }),
    frames: ['green clear'],
  },
  'a first frame outside the canvas': {
    gif: drawGif({
      ...canvas,
      frames: [
        { area: [40, 40, 10, 10], color: green },
        { area: corner, color: blue },
      ],
    }),
    frames: ['clear clear', 'blue clear'],
  },
  'a frame that is cleared and not covered by the next': {
    gif: drawGif({
      ...canvas,
      frames: [
        { area: whole, color: green, disposal: keep },
        { area: inner, color: blue, disposal: clear },
        { area: corner, color: yellow, disposal: keep },
      ],
    }),
    frames: ['green green', 'green blue', 'yellow clear'],
  },
  'a frame that is cleared before one with a transparent colour': {
    gif: drawGif({
      ...canvas,
      frames: [
        { area: whole, color: green, disposal: clear },
        { area: whole, color: yellow, transparent: yellow },
      ],
    }),
    frames: ['green green', 'clear clear'],
  },
  'a frame that is cleared and restored': {
    gif: drawGif({
      ...canvas,
      frames: [
        { area: inner, color: green, disposal: restore },
        { area: corner, color: blue, disposal: keep },
      ],
    }),
    frames: ['clear green', 'blue clear'],
  },
}

for (const [name, { gif, frames }] of Object.entries(cases)) {
  test(`transparent in ${name}`, async (t) => {
    const made = await render(gif)
    t.strictSame(await look(made.still), frames.slice(0, 1), 'still')
    t.strictSame(await look(made.webp), frames, 'animated WebP')
    t.strictSame(await look(made.gif), frames, 'animated GIF')
    t.match(made, { hasAlpha: true, pages: frames.length })
    t.not(made.dominantColor, '#000000')
  })
}

test('frames keep their delays behind an undrawn canvas', async (t) => {
  const { webp, gif } = await render(cases['a second frame that fills the canvas']?.gif ?? Buffer.alloc(0))
  for (const bytes of [webp, gif]) {
    t.match(await sharp(bytes).metadata(), { pages: 2, delay: [200, 300], loop: 0 })
  }
  const slow = { area: inner, color: green, delay: 655_350 }
  const slowGif = drawGif({ ...canvas, frames: [slow, { area: whole, color: blue, delay: 60_000 }] })
  t.match(await sharp((await render(slowGif)).webp).metadata(), { delay: [65_535, 60_000] }, 'at most 65 s')
})

test('the canvas keeps its size', async (t) => {
  // libnsgif takes these sizes for that of a screen, and 2,200 for too large.
  for (const [width, height] of [
    [640, 480],
    [800, 600],
    [2_200, 90],
  ] as const) {
    const gif = drawGif({ width, height, palette, frames: [{ area: corner, color: green, transparent: 0 }] })
    const made = await render(gif)
    t.match(made, { width, height, hasAlpha: true, pages: 1 })
    t.match(await sharp(made.still).metadata(), { width, height })
  }
})

test('a palette of 256 colours that are all in use', async (t) => {
  const all = Array.from({ length: 256 }, (_, index) => index)
  const shades = all.map((index) => Buffer.from([index >> 2, 0xff - (index % 64), 0]).toString('hex'))
  const gif = drawGif({ ...canvas, palette: shades, frames: [{ area: inner, color: all }] })
  t.strictSame(await look((await render(gif)).still), ['clear green'])

  const some = all.slice(0, 200)
  const cleared = drawGif({
    ...canvas,
    palette: shades,
    frames: [
      { area: whole, color: some, disposal: clear },
      { area: corner, color: 0 },
    ],
  })
  t.strictSame(await look((await render(cleared)).webp), ['green green', 'green clear'])
})

test('a GIF that needs no change is passed to the decoder unchanged', async (t) => {
  const ordinary = drawGif({
    ...canvas,
    frames: [
      { area: whole, color: green, disposal: clear },
      { area: whole, color: blue, disposal: keep },
      { area: inner, color: yellow },
    ],
  })
  t.equal(prepareGif(ordinary, limits).bytes, ordinary)
  const compressed = await sharp({ create: { width: 900, height: 700, channels: 3, background: '#123456' } })
    .composite([{ input: await sharp(ordinary).png().toBuffer(), tile: true, blend: 'xor' }])
    .gif({ dither: 0 })
    .toBuffer()
  t.equal(prepareGif(compressed, limits).bytes, compressed, 'compressed by another encoder')
})

test('a GIF that is cut off in its first frame is rejected', async (t) => {
  const gif = drawGif({ ...canvas, frames: [{ area: inner, color: green }] })
  await t.rejects(render(gif.subarray(0, -20)), { name: 'Rejection', reason: 'image_corrupt' })
})

test('a damaged GIF causes no error', async (t) => {
  const { gif } = cases['a frame that is cleared and not covered by the next'] ?? {}
  if (!gif) return t.fail()
  for (let length = 0; length < gif.length; length++) prepareGif(gif.subarray(0, length), limits)
  for (let at = 6; at < gif.length; at++) {
    for (const value of [0x00, 0x7f, 0xff]) {
      const damaged = Buffer.from(gif)
      damaged[at] = value
      prepareGif(damaged, limits)
    }
  }
})
