import t from 'tap'
import { uploadImage } from '../../../../../openapi/packages/client/src/upload-image.ts'
import { withSystem } from '../../../../local/with-system.ts'
import { avoidBoundary, dayMs } from '../../../../testkit/avoid-boundary.ts'
import { makeBrokenPng, makePhotos } from './make-photos.ts'
import { cards, openPage, waitForCards } from './open-page.ts'

/** More images than a page of the list has. */
const count = 64

await avoidBoundary(dayMs)

t.test('the gallery loads further images on scrolling, shows new ones, and filters by day and status', (t) =>
  withSystem(async ({ gatewayUrl, key }) => {
    const target = { gateway: gatewayUrl, key }
    const upload = (files: { buffer: Buffer; name: string }[]) =>
      Promise.all(
        files.map(({ buffer, name }) => uploadImage(new File([new Uint8Array(buffer)], name), target)),
      )
    await upload([...(await makePhotos(count, 0)), await makeBrokenPng()])

    const { page } = await openPage(t, `${gatewayUrl}/#key=${key}`)
    await waitForCards(page, 'Ready', 50)
    t.ok((await page.locator('.card').count()) < count, 'the gallery does not load all images at once')
    const scroll = setInterval(() => page.mouse.wheel(0, 2_000).catch(() => {}), 200)
    await waitForCards(page, 'Ready', count)
    clearInterval(scroll)

    await t.test('images of another client appear automatically', async (t) => {
      await upload(await makePhotos(1, 500))
      await page.getByRole('button', { name: 'photo-500.jpg, Ready' }).waitFor()
      t.equal(await cards(page, 'Ready').count(), count + 1)
    })
    await t.test('images are filtered by status', async (t) => {
      await page.getByLabel('Status').selectOption('Rejected')
      await cards(page, 'Ready').first().waitFor({ state: 'detached' })
      await waitForCards(page, 'Rejected', 1)
      await page.getByLabel('Status').selectOption('All')
      t.pass()
    })
    await t.test('images are filtered by day', async (t) => {
      await page.getByLabel('Day').selectOption({ index: 3 })
      await page.getByText('No photos of this day and status').waitFor()
      await page.getByLabel('Day').selectOption({ index: 1 })
      await waitForCards(page, 'Ready', 50)
      t.equal(await page.getByRole('heading', { level: 3 }).count(), 1)
    })
  }),
)
