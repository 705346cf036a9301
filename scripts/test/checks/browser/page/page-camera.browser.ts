import type { Page } from 'playwright-core'
import t from 'tap'
import { withSystem } from '../../../../local/with-system.ts'
import { openPage, waitForCards } from './open-page.ts'

/** Options for a fake camera with a moving pattern, and permission to use it. */
const fakeCamera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

t.test('a user takes a picture with the camera, and the page uploads it', (t) =>
  withSystem(async ({ gatewayUrl, key }) => {
    const { page, faults } = await openPage(t, `${gatewayUrl}/#key=${key}`, fakeCamera)
    await page.getByRole('tab', { name: 'Camera' }).click()
    await page.getByRole('button', { name: 'Take a picture' }).click()
    await page.getByRole('button', { name: 'Use this picture' }).click()
    await waitForCards(page, 'Ready', 1)
    await page.locator('.card').click()
    await page.getByRole('dialog', { name: /\.jpe?g$/ }).waitFor()
    t.match(await page.getByRole('dialog').locator('dl').innerText(), 'image/jpeg')
    t.strictSame(faults, [], 'the content security policy allows the camera')
  }),
)

t.test('a picture that is taken before the first frame of the camera waits for it', (t) =>
  withSystem(async ({ gatewayUrl, key }) => {
    const { page } = await openPage(t, `${gatewayUrl}/#key=${key}`, fakeCamera)
    const readyState = takePictureAtOnce(page)
    await page.getByRole('tab', { name: 'Camera' }).click()
    t.equal(await readyState, 0, 'the camera has not shown anything')
    await page.getByRole('button', { name: 'Use this picture' }).click()
    await waitForCards(page, 'Ready', 1)
  }),
)

/** Clicks the button as soon as it is there. @returns the `readyState` of the camera's video at that time */
function takePictureAtOnce(page: Page): Promise<number | undefined> {
  return page.evaluate(
    () =>
      new Promise<number | undefined>((resolve) => {
        const observer = new MutationObserver(() => {
          const button = document.querySelector<HTMLElement>('.uppy-Webcam-button--picture')
          if (!button) return
          observer.disconnect()
          const { readyState } = document.querySelector('video') ?? {}
          button.click()
          resolve(readyState)
        })
        observer.observe(document.body, { childList: true, subtree: true })
      }),
  )
}
