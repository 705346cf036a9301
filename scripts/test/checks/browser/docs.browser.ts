import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Locator, Page } from 'playwright-core'
import t from 'tap'
import { withSystem } from '../../../local/with-system.ts'
import { avoidBoundary, dayMs } from '../../../testkit/avoid-boundary.ts'
import { openEmptyPage } from './open-browser.ts'

const run = promisify(execFile)
const photo = fileURLToPath(new URL('../../../../processor/test/photos/drum-portrait.jpg', import.meta.url))

await avoidBoundary(dayMs)

t.test('a user with a key can upload a photo from the API page', (t) =>
  withSystem(async ({ gatewayUrl, key }) => {
    const page = await openEmptyPage(t)
    const faults: string[] = []
    page.on('pageerror', ({ message }) => faults.push(message))
    await page.goto(`${gatewayUrl}/docs`)
    await authorize(page, key)

    const asking = await open(page, 'createUpload')
    const [sum] = (await run('sha256sum', [photo])).stdout.split(' ')
    const { size } = await stat(photo)
    const body = { sha256: sum, byteLength: size, contentType: 'image/jpeg', fileName: 'drum.jpg' }
    await asking.locator('textarea').fill(JSON.stringify(body))
    const granted = await execute(asking)
    t.match(granted, { status: '201', answer: { imageId: sum, duplicate: false } })

    await t.test('the command shown on the page uploads the file', async (t) => {
      const command = await page.locator('.info code').filter({ hasText: 'curl ' }).innerText()
      t.match(command, /^curl -f -X PUT --upload-file photo.jpg (-H '.+' )+'upload.url'/)
      const { url, headers } = granted.answer.upload
      const shown = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
      await run('curl', ['-sS', '-f', '-X', 'PUT', '--upload-file', photo, ...shown, url])
    })

    const following = await open(page, 'getImage')
    await following.getByPlaceholder('imageId').fill(String(sum))
    await following.getByPlaceholder('wait').fill('20')
    let read = await execute(following)
    while (['pending', 'processing'].includes(read.answer.status)) read = await execute(following)
    const { answer } = read
    t.match(read, { status: '200', answer: { status: 'ready', fileName: 'drum.jpg' } })
    const thumb = await page.request.get(answer.variants[0].url)
    t.equal((await thumb.body()).toString('latin1', 8, 12), 'WEBP')

    await t.test('the list shows today by default', async (t) => {
      const { answer } = await execute(await open(page, 'listImages'))
      t.match(answer.images, [{ imageId: sum }])
    })

    await t.test('the same photo again is a duplicate', async (t) => {
      t.match(await execute(asking), { status: '200', answer: { duplicate: true, image: { imageId: sum } } })
    })
    t.strictSame(faults, [])
  }),
)

t.test("the page has the product's logo and a link to the upload page", (t) =>
  withSystem(async ({ gatewayUrl }) => {
    const page = await openEmptyPage(t)
    await page.goto(`${gatewayUrl}/docs`)
    const logo = page.getByRole('link', { name: 'hashgate' }).getByRole('img')
    t.ok(await logo.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth > 0)))
    // Swagger UI opens the links of a description in new tabs.
    const opened = page.waitForEvent('popup')
    await page.getByRole('link', { name: 'the upload page' }).click()
    await (await opened).waitForURL(`${gatewayUrl}/`)
  }),
)

t.test('the page shows why a key is refused', (t) =>
  withSystem(async ({ gatewayUrl }) => {
    const page = await openEmptyPage(t)
    await page.goto(`${gatewayUrl}/docs`)
    await authorize(page, 'hg_000000000000_nonsense')
    const { status, answer } = await execute(await open(page, 'listImages'))
    t.match({ status, answer }, { status: '401', answer: { code: 'UNAUTHENTICATED' } })
  }),
)

async function authorize(page: Page, key: string): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).click()
  const dialog = page.locator('.auth-container').filter({ hasText: 'bearer' })
  await dialog.locator('input').fill(key)
  await dialog.getByRole('button', { name: 'Apply credentials' }).click()
  await dialog.getByRole('button', { name: 'Close' }).click()
}

async function open(page: Page, operationId: string): Promise<Locator> {
  const operation = page.locator(`[id$="-${operationId}"]`)
  await operation.locator('.opblock-summary-control').click()
  return operation
}

/** The response that the page shows. */
async function execute(operation: Locator) {
  const live = operation.locator('.live-responses-table .response')
  // Otherwise the response of the previous call would be read.
  const clear = operation.getByRole('button', { name: /^Clear$/ })
  if (await clear.isVisible()) await clear.click()
  await live.waitFor({ state: 'detached' })
  await operation.getByRole('button', { name: /^Execute$/ }).click()
  await live.locator('.response-col_status').waitFor()
  const status = (await live.locator('.response-col_status').innerText()).trim().split(/\s/)[0]
  const answer = JSON.parse(await live.locator('.highlight-code code').first().innerText())
  return { status, answer }
}
