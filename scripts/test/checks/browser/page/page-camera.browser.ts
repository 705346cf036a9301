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
