import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { withSystem } from '../../../../local/with-system.ts'
import { listPhotos } from './list-photos.ts'
import { makeBrokenPng } from './make-photos.ts'
import { cards, choose, openPage, waitForCards } from './open-page.ts'

const run = promisify(execFile)
const photos = listPhotos('sunset-12mp-gps', 'drum-portrait')

t.test("an image's page shows its record, URLs and commands", (t) =>
  withSystem(async ({ gatewayUrl, key }) => {
    const { page, faults } = await openPage(t, `${gatewayUrl}/#key=${key}`)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await choose(page, [...photos])
    await waitForCards(page, 'Ready', 2)
    await page.getByRole('button', { name: 'sunset-12mp-gps.jpg, Ready' }).click()
    const dialog = page.getByRole('dialog', { name: 'sunset-12mp-gps.jpg' })
    const term = (name: string) => dialog.locator('dt', { hasText: name }).locator('+ dd')

    await t.test('the page shows the fields of the record', async (t) => {
      t.equal(await term('Dimensions').innerText(), '4272 × 2848 pixels')
      t.equal(await term('Size').innerText(), '1.1 MB')
      t.match(await term('Camera').innerText(), /\w+ \w+/)
      t.match(await term('Taken').innerText(), /\d{4}/)
    })

    await t.test('the page shows the history and the time of deletion', async (t) => {
      const steps = await dialog.locator('.history li').allInnerTexts()
      t.match(steps, [/^Upload requested/, /^Ready.*after \d/s, /^Will be deleted.*in 7 days$/s])
    })

    await t.test('URLs can be copied', async (t) => {
      const showUrl = () => dialog.getByLabel('URL of thumb', { exact: true }).inputValue()
      const before = await showUrl()
      // The confirmation disappears after two seconds.
      await Promise.all([
        dialog.getByText('Copied').first().waitFor(),
        dialog.getByRole('button', { name: 'Copy the URL of thumb' }).click(),
      ])
      const url = await page.evaluate(() => navigator.clipboard.readText())
      // A signed URL is replaced every quarter of an hour.
      t.ok([before, await showUrl()].includes(url), 'the copied URL is the one that the page shows')
      const { status, headers } = await fetch(url)
      t.match([status, headers.get('content-type')], [200, 'image/webp'])
    })

    await t.test('the commands on the page repeat its calls', async (t) => {
      await dialog.getByText('Calls that this page made').click()
      const commands = await dialog.locator('pre').allInnerTexts()
      t.notMatch(commands.join(), key, 'the commands do not contain the key')
      for (const method of ['POST', 'PUT', 'GET'])
        t.ok(
          commands.some((command) => command.startsWith(`curl -X ${method} `)),
          method,
        )
      for (const command of commands.filter((text) => !text.startsWith('curl -X PUT'))) {
        const { stdout } = await run('sh', ['-c', `${command} -sS`], { env: { HASHGATE_KEY: key } })
        t.match(JSON.parse(stdout), command.includes('/v1/uploads') ? {} : { status: /ready|pending/ })
      }
    })

    await t.test('the page has a URL, and the back button closes it', async (t) => {
      t.match(page.url(), /#image=[0-9a-f]{64}$/)
      await page.reload()
      await dialog.waitFor()
      await page.goBack()
      await dialog.waitFor({ state: 'detached' })
      t.equal(page.url(), `${gatewayUrl}/`)
    })

    await t.test('an arrow key opens the next image', async (t) => {
      await waitForCards(page, 'Ready', 2)
      const [first, second] = await page
        .locator('.card')
        .evaluateAll((shown) => shown.map(({ textContent }) => textContent?.split(',')[0]))
      await page.locator('.card').first().click()
      await page.getByRole('dialog', { name: first }).waitFor()
      await page.keyboard.press('ArrowRight')
      await page.getByRole('dialog', { name: second }).waitFor()
      await page.getByRole('button', { name: 'Previous photo' }).click()
      await page.getByRole('dialog', { name: first }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      t.pass()
    })

    await t.test('a rejected image shows the reason', async (t) => {
      await page.getByRole('button', { name: 'Done' }).waitFor({ state: 'detached' })
      await choose(page, [await makeBrokenPng()])
      await cards(page, 'Rejected').click()
      await page.getByRole('dialog').getByRole('alert').getByText('The image is damaged').waitFor()
      t.match(await page.getByRole('dialog').locator('.history .failed').innerText(), /^Rejected/)
    })
    t.strictSame(faults, [], 'nothing violates the content security policy, and no error is unhandled')
  }),
)
