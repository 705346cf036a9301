import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { buildWebApp, writeWebApp } from '../../../build/build-web.ts'
import { withSystem } from '../../../local/with-system.ts'
import { openBrowser } from './open-browser.ts'

const photos = ['drum-portrait', 'stream-baseline', 'dogs-orientation-6'].map((name) =>
  fileURLToPath(new URL(`../../../../processor/test/photos/${name}.jpg`, import.meta.url)),
)
await writeWebApp(await buildWebApp(), fileURLToPath(new URL('../../../../dist/web', import.meta.url)))

t.test('a person signs in with a link, uploads photos, and sees them become ready', (t) =>
  withSystem(async ({ gatewayUrl, key }) => {
    const { page, faults } = await openPage(t, `${gatewayUrl}/#key=${key}`)
    t.equal(page.url(), `${gatewayUrl}/`, 'the key is removed from the address')
    await page.getByText('No photos yet').waitFor()

    await choose(page, photos)
    await cards(page, 'Ready').nth(2).waitFor()
    t.equal(await cards(page, 'Ready').count(), 3)

    await t.test('the same photo again is not sent', async (t) => {
      const puts: string[] = []
      page.on('request', (request) => request.method() === 'PUT' && puts.push(request.url()))
      await page.getByRole('button', { name: 'Done' }).click()
      await choose(page, photos.slice(0, 1))
      await page.getByText(/1 photo already there: \d+(\.\d)? kB saved/).waitFor()
      t.strictSame(puts, [])
    })

    await t.test('a broken file is shown with the reason', async (t) => {
      await page.getByRole('button', { name: 'Done' }).click()
      const mimeType = 'image/png'
      await choose(page, [{ name: 'broken.png', mimeType, buffer: await makeBrokenPng() }])
      const card = cards(page, 'Rejected')
      await card.getByText('The image is damaged or cut off').waitFor()
      t.equal(await card.count(), 1)
    })

    await t.test('an image opens with its facts, variants and calls', async (t) => {
      await page.getByRole('button', { name: 'drum-portrait.jpg, Ready' }).click()
      const dialog = page.getByRole('dialog', { name: 'drum-portrait.jpg' })
      await dialog.getByText(/^\d+ × \d+ pixels$/).waitFor()
      t.equal(await dialog.getByRole('button', { name: /^Copy the URL of/ }).count(), 3)
      await dialog.getByText('Calls that this page made').click()
      const commands = await dialog.locator('pre').allInnerTexts()
      t.ok(commands.some((command) => command.startsWith('curl -X POST')))
      t.notMatch(commands.join(), key, 'no command contains the key')
      await page.keyboard.press('Escape')
      t.equal(await page.getByRole('dialog').count(), 0)
    })

    await t.test('the gallery is still there after a reload, and can be filtered', async (t) => {
      await page.reload()
      await cards(page, 'Ready').nth(2).waitFor()
      await page.getByLabel('Status').selectOption('Rejected')
      await cards(page, 'Rejected').waitFor()
      t.equal(await cards(page, 'Ready').count(), 0)
    })

    t.strictSame(faults, [], 'nothing violates the content security policy, and no error is unhandled')
  }),
)

t.test('a wrong key is refused, and a key can be typed', (t) =>
  withSystem(async ({ gatewayUrl, key }) => {
    const { page } = await openPage(t, gatewayUrl)
    await page.getByLabel('API key or token').fill('hg_000000000000_nonsense')
    await page.keyboard.press('Enter')
    await page.getByText('This key is not accepted').waitFor()
    await page.getByLabel('API key or token').fill(key)
    await page.keyboard.press('Enter')
    await page.getByText('No photos yet').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('API key or token').waitFor()
    t.equal(await page.evaluate(() => sessionStorage.length), 0)
  }),
)

t.test('the page has no accessibility violations, light, dark and on a phone', (t) =>
  withSystem(async ({ gatewayUrl, key }) => {
    const { page } = await openPage(t, gatewayUrl)
    t.strictSame(await findViolations(page), [], 'sign in')
    await page.goto(`${gatewayUrl}/#key=${key}`)
    await page.reload()
    await choose(page, photos)
    await cards(page, 'Ready').nth(2).waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      t.strictSame(await findViolations(page), [], colorScheme)
    }
    await page.setViewportSize({ width: 320, height: 640 })
    t.strictSame(await findViolations(page), [], 'phone')
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    t.ok(overflow <= 0, 'nothing is wider than the phone')
    await cards(page, 'Ready').first().click()
    t.strictSame(await findViolations(page), [], 'dialog')
  }),
)

/** Opens the page in a browser of its own, and collects what goes wrong in it. */
async function openPage(t: Test, url: string): Promise<{ page: Page; faults: string[] }> {
  const page = await (await openBrowser(t)).newPage()
  const faults: string[] = []
  page.on('pageerror', ({ message }) => faults.push(message))
  // A busy gateway refuses requests for a moment, which the browser reports as errors, and the page repeats.
  const isRefusal = (text: string) => text.includes('the server responded with a status of 503')
  page.on('console', (line) => {
    if (line.type() === 'error' && !isRefusal(line.text())) faults.push(line.text())
  })
  page.setDefaultTimeout(120_000)
  await page.goto(url)
  return { page, faults }
}

type Files = Parameters<ReturnType<Page['locator']>['setInputFiles']>[0]

const choose = (page: Page, files: Files) => page.locator('input[type=file]').first().setInputFiles(files)

const cards = (page: Page, status: string) => page.getByRole('button', { name: new RegExp(`, ${status}$`) })

/** The rules of WCAG 2.2 AA that the page violates, with the elements. */
async function findViolations(page: Page): Promise<string[]> {
  // The policy of the page forbids inline scripts, so the tool is evaluated.
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run({
      // Uppy's own parts are not ours to change.
      exclude: ['.uppy-Root'],
      include: ['html'],
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}

/** The first half of a PNG. */
async function makeBrokenPng(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
  const png = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#000', noise } })
    .png()
    .toBuffer()
  return png.subarray(0, png.length / 2)
}
