import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { comparePictures } from '../../../checks/corpus/compare-pictures.ts'
import { startBrowserReference } from '../../../checks/corpus/reference/show-in-browser.ts'
import { drawPicture } from '../../../testkit/hostile/draw-picture.ts'

test('Chromium shows files upright and in sRGB, and files that it cannot show are reported', async (t) => {
  const folder = t.testdir()
  const write = async (name: string, image: ReturnType<typeof drawPicture>) => {
    await writeFile(join(folder, name), await image.toBuffer())
    return join(folder, name)
  }
  const browser = await startBrowserReference(120)
  t.teardown(browser.stop)
  const original = await drawPicture().png().toBuffer()
  const shown = [
    await write('p3.png', drawPicture().withIccProfile('p3').png()),
    await write('turned.png', drawPicture().rotate(270).withMetadata({ orientation: 6 }).png()),
  ]
  for (const file of shown) {
    const reference = await browser.show(file)
    t.match(reference, { by: 'Chromium', width: 96, height: 64 }, file)
    const picture = reference?.picture ?? { width: 0, height: 0, pixels: Buffer.alloc(0) }
    t.ok((await comparePictures(original, picture)).deltaE < 1, file)
  }
  t.equal(await browser.show(await write('no.tif', drawPicture().tiff())), undefined)
  t.match(
    await browser.show(shown[0] ?? ''),
    { width: 96 },
    'the browser shows the next file after a failure',
  )
})
