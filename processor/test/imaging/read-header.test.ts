import { test } from 'tap'
import { drawNoise, makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { sharp } from '../../imaging/decoder.ts'
import { readHeader } from '../../imaging/read-header.ts'

test('reads the header of an image', async (t) => {
  t.strictSame(await readHeader(await makeImage('jpeg', { width: 40, height: 30 })), {
    width: 40,
    height: 30,
    pages: 1,
    space: 'srgb',
    depth: 'uchar',
    channels: 3,
    hasAlpha: false,
    isProgressive: false,
    chromaSubsampling: '4:2:0',
    orientation: undefined,
    exif: undefined,
    hasProfile: false,
  })
  const turned = await drawNoise({ width: 40, height: 30 }).withMetadata({ orientation: 8 }).jpeg().toBuffer()
  t.match(await readHeader(turned), { width: 30, height: 40, orientation: 8 })
  const wide = await drawNoise()
    .withIccProfile('p3')
    .jpeg({ progressive: true, chromaSubsampling: '4:4:4' })
    .toBuffer()
  t.match(await readHeader(wide), { hasProfile: true, isProgressive: true, chromaSubsampling: '4:4:4' })
})

test('depth, colour space and alpha are those of the stored pixels', async (t) => {
  const deep = await drawNoise({ channels: 4 }).toColourspace('rgb16').png().toBuffer()
  t.match(await readHeader(deep), { space: 'rgb16', depth: 'ushort', channels: 4, hasAlpha: true })
  const inks = await drawNoise().toColourspace('cmyk').jpeg().toBuffer()
  t.match(await readHeader(inks), { space: 'cmyk', depth: 'uchar', channels: 4, hasAlpha: false })
})

test('reads the number of frames of an animation', async (t) => {
  const frames = await Promise.all([1, 2, 3].map(() => makeImage('png', { width: 20, height: 10 })))
  for (const format of ['gif', 'webp'] as const) {
    const bytes = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer()
    t.match(await readHeader(bytes), { width: 20, height: 10, pages: 3 }, format)
  }
})
