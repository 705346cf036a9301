import type { Page } from 'playwright-core'
import t from 'tap'
import { withSystem } from '../../../../local/with-system.ts'
import { listPhotos } from './list-photos.ts'
import { openPage, waitForCards } from './open-page.ts'

/** More than the number of elements on the page. */
const maxSteps = 60

t.test('a user with only a keyboard uploads a photo and looks at it', (t) =>
  withSystem(async ({ gatewayUrl, key }) => {
    const { page } = await openPage(t, gatewayUrl)
    await tabTo(page, 'API key or token')
    await page.keyboard.insertText(key)
    await page.keyboard.press('Enter')
    await page.getByText('No photos yet').waitFor()

    // The camera is loaded later and moves the elements around it.
    await page.getByRole('tab', { name: 'Camera' }).waitFor()
    const chooser = page.waitForEvent('filechooser')
    await tabTo(page, 'choose files')
    await page.keyboard.press('Enter')
    await (await chooser).setFiles(listPhotos('drum-portrait'))
    await waitForCards(page, 'Ready', 1)

    await tabTo(page, 'drum-portrait.jpg, Ready')
    t.ok(await page.evaluate(() => document.activeElement?.matches(':focus-visible')), 'the focus is visible')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'drum-portrait.jpg' }).waitFor()
    for (const name of ['Copy the image id', 'Copy the URL of large', 'Open large in a new tab'])
      await tabTo(page, name)
    await tabTo(page, 'Calls that this page made for this photo')
    await page.keyboard.press('Enter')
    await page.getByText(/^curl -X GET/).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    t.equal(await focusedName(page), 'drum-portrait.jpg, Ready', 'the focus returns to the photo')
  }),
)

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < maxSteps; step += 1) {
    if ((await focusedName(page)) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`No element named "${name}" was reached.`)
}

/** The label or, without one, the text of the focused element. */
const focusedName = (page: Page) =>
  page.evaluate(() => {
    const focused = document.activeElement as HTMLInputElement | null
    const label = focused?.getAttribute('aria-label') ?? focused?.labels?.[0]?.textContent
    return (label || focused?.textContent)?.trim()
  })
