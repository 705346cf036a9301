import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import t from 'tap'
import { withSystem } from '../../../../local/with-system.ts'
import { listPhotos } from './list-photos.ts'
import { choose, findOverflow, openPage, waitForCards } from './open-page.ts'

const folder = fileURLToPath(new URL('../../../../../docs/images/', import.meta.url))
/** `npm run test:browser -- --screenshots` writes the screenshots of the documentation. Other runs only check that they can be made. */
const isWriting = process.argv.includes('--screenshots')
const documented = new Set(['page-light', 'image-dark', 'page-phone-dark'])

const photos = listPhotos(
  'drum-portrait',
  'stream-baseline',
  'dogs-orientation-6',
  'dandelions-16mp-progressive',
  'sunset-12mp-gps',
)

t.test('screenshots can be made in light and dark mode and on a phone', (t) =>
  withSystem(async ({ gatewayUrl, key }) => {
    const { page } = await openPage(t, `${gatewayUrl}/#key=${key}`)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await choose(page, photos)
    await waitForCards(page, 'Ready', 5)

    const take = async (name: string, colorScheme: 'light' | 'dark', width: number, height: number) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height })
      await waitForImages(page)
      t.ok((await findOverflow(page)) <= 0, `${name}: nothing is wider than the screen`)
      const picture = await page.screenshot({ animations: 'disabled' })
      const { channels } = await sharp(picture).stats()
      t.ok(channels[0] && channels[0].stdev > 5, `${name}: the screenshot is not empty`)
      if (!isWriting || !documented.has(name)) return
      await mkdir(folder, { recursive: true })
      await writeFile(`${folder}${name}.webp`, await sharp(picture).webp({ quality: 82 }).toBuffer())
    }
    await take('page-light', 'light', 1280, 800)
    await take('page-4k', 'light', 3840, 2160)
    await page.getByRole('button', { name: 'sunset-12mp-gps.jpg, Ready' }).click()
    await take('image-dark', 'dark', 1280, 800)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Done' }).click()
    await take('page-phone', 'light', 390, 844)
    await take('page-phone-dark', 'dark', 390, 844)
  }),
)

/** Waits until all images on the screen are shown. */
async function waitForImages(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.images].every(
      ({ complete, naturalWidth, loading }) => (complete && naturalWidth > 0) || loading === 'lazy',
    ),
  )
  await page.evaluate(() =>
    Promise.all([...document.images].map((image) => image.complete && image.decode())),
  )
}
