import t from 'tap'
import { withSystem } from '../../../../local/with-system.ts'
import { openPage } from './open-page.ts'

t.test('a link signs in, a wrong key is refused, and a key can be typed', (t) =>
  withSystem(async ({ gatewayUrl, key }) => {
    const { page } = await openPage(t, `${gatewayUrl}/#key=${key}`)
    t.equal(page.url(), `${gatewayUrl}/`, 'the key is removed from the address')
    await page.getByText('No photos yet').waitFor()

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('API key or token').fill('hg_000000000000_nonsense')
    await page.keyboard.press('Enter')
    await page.getByText('This key is not accepted').waitFor()

    await page.getByLabel('API key or token').fill(key)
    await page.keyboard.press('Enter')
    await page.getByText('No photos yet').waitFor()
    await page.reload()
    await page.getByText('No photos yet').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('API key or token').waitFor()
    t.equal(await page.evaluate(() => sessionStorage.length), 0)
  }),
)
