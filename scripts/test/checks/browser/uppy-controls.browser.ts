import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { startPageDouble } from '../../../testkit/page/start-page-double.ts'
import { openEmptyPage } from './open-browser.ts'

const names = ['drum-portrait', 'stream-baseline', 'dogs-orientation-6']
const photos = names.map((name) =>
  fileURLToPath(new URL(`../../../../processor/test/photos/${name}.jpg`, import.meta.url)),
)

t.test('a user pauses all uploads and resumes them', async (t) => {
  const { page, double, holdPuts } = await openPage(t)
  const held = await holdPuts()
  await choose(page, photos)
  await held.reached(3)
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await held.abandoned(3)
  t.equal(double.images.size, 0)
  await held.release()
  await page.getByRole('button', { name: 'Resume', exact: true }).click()
  await page.getByText('Complete', { exact: true }).waitFor()
  t.equal(double.images.size, 3)
})

t.test('a user cancels an upload', async (t) => {
  const { page, double, holdPuts } = await openPage(t)
  const held = await holdPuts()
  await choose(page, photos)
  await held.reached(3)
  await page.getByRole('button', { name: 'Remove drum-portrait.jpg' }).click()
  await held.abandoned(1)
  await held.release()
  await page.getByText('Complete', { exact: true }).waitFor()
  t.strictSame([...double.images.values()].map(({ fileName }) => fileName).sort(), [
    'dogs-orientation-6.jpg',
    'stream-baseline.jpg',
  ])
  t.equal(await page.locator('.refusals').count(), 0, 'a canceled upload is not shown as an error')
})

t.test('a user retries uploads that the store refused', async (t) => {
  const { page, double } = await openPage(t)
  let isRefusing = true
  const refusal = '<Error><Code>BadDigest</Code><Message>The checksum does not match.</Message></Error>'
  await page.route('**/store/**', (route) =>
    isRefusing ? route.fulfill({ status: 400, body: refusal }) : route.continue(),
  )
  await choose(page, photos)
  await page.getByText('Upload failed').first().waitFor()
  t.equal(double.images.size, 0)
  isRefusing = false
  await page.locator('.uppy-StatusBar').getByRole('button', { name: 'Retry upload' }).click()
  await page.getByText('Complete', { exact: true }).waitFor()
  t.equal(double.images.size, 3)
})

async function openPage(t: Test) {
  const double = await startPageDouble()
  t.teardown(double.stop)
  const page = await openEmptyPage(t)
  await page.goto(`${double.gateway}/#key=test`)
  await page.locator('.uppy-Dashboard-inner').waitFor()
  return { page, double, holdPuts: () => holdPuts(page) }
}

const choose = (page: Page, files: string[]) => page.locator('input[type=file]').first().setInputFiles(files)

/** Holds all PUTs until `release`. */
async function holdPuts(page: Page) {
  let reached = 0
  let abandoned = 0
  const pattern = '**/store/**'
  page.on('requestfailed', (request) => {
    if (request.method() === 'PUT') abandoned += 1
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  await page.route(pattern, async (route) => {
    reached += 1
    await promise
    // The page may have aborted the request.
    await route.continue().catch(() => {})
  })
  const until = async (condition: () => boolean) => {
    while (!condition()) await page.waitForTimeout(20)
  }
  return {
    reached: (count: number) => until(() => reached >= count),
    abandoned: (count: number) => until(() => abandoned >= count),
    release: async () => resolve(),
  }
}
