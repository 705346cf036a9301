import { test } from 'tap'
import { sharp } from '../../../../processor/imaging/decoder.ts'
import { comparePictures } from '../../../checks/corpus/compare-pictures.ts'
import { findMissingRows } from '../../../checks/corpus/find-missing-rows.ts'
import { orientations, type Picture, readPicture, turnPicture } from '../../../checks/corpus/picture.ts'
import { drawPicture } from '../../../testkit/hostile/draw-picture.ts'

const paint = (background: string | object) =>
  sharp({ create: { width: 8, height: 4, channels: 4, background } })
    .png()
    .toBuffer()
const toPng = ({ width, height, pixels }: Picture) =>
  sharp(pixels, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()

test('ΔE is the distance in CIELAB', async (t) => {
  const red = await readPicture(await paint('#ff0000'))
  t.equal((await comparePictures(await paint('#ff0000'), red)).deltaE, 0)
  // The L* of black and white are 0 and 100; the Lab of the sRGB primaries is published: http://www.brucelindbloom.com.
  const black = await readPicture(await paint('#000000'))
  t.ok(Math.abs((await comparePictures(await paint('#ffffff'), black)).deltaE - 100) < 0.1)
  const distance = Math.hypot(53.24 - 87.73, 80.09 + 86.18, 67.2 - 83.18)
  t.ok(Math.abs((await comparePictures(await paint('#00ff00'), red)).deltaE - distance) < 0.2)
})

test('a transparent picture differs from a black and a white one', async (t) => {
  const transparent = await readPicture(await paint({ r: 0, g: 0, b: 0, alpha: 0 }))
  for (const color of ['#000000', '#ffffff']) {
    t.ok((await comparePictures(await paint(color), transparent)).deltaE > 99, color)
  }
})

test('the same picture in another orientation is recognised', async (t) => {
  const picture = await readPicture(await drawPicture().png().toBuffer())
  const found: (string | undefined)[] = []
  for (const orientation of orientations) {
    const turned = await toPng(await turnPicture(picture, orientation))
    found.push((await comparePictures(turned, picture)).orientation)
  }
  t.strictSame(found, [
    undefined,
    'mirrored',
    'turned 180°',
    'mirrored, turned 180°',
    'mirrored, turned 270°',
    'turned 90°',
    'mirrored, turned 90°',
    'turned 270°',
  ])
})

test('EXIF orientations are applied as in libvips', async (t) => {
  const picture = await readPicture(await drawPicture().png().toBuffer())
  for (const [index, orientation] of orientations.entries()) {
    const tagged = await drawPicture()
      .withMetadata({ orientation: index + 1 })
      .png()
      .toBuffer()
    const upright = await readPicture(await sharp(tagged).autoOrient().png().toBuffer())
    const turned = await turnPicture(picture, orientation)
    t.ok(turned.pixels.equals(upright.pixels), `orientation ${index + 1}`)
  }
})

test('rows of missing data are counted from the lower end', async (t) => {
  const picture = await readPicture(await drawPicture().png().toBuffer())
  t.equal(findMissingRows(picture), 0)
  picture.pixels.fill(128, picture.pixels.length / 2)
  t.equal(findMissingRows(picture), 0.5)
})
