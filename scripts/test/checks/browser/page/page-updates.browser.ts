import t, { type Test } from 'tap'
import { startPageDouble } from '../../../../testkit/page/start-page-double.ts'
import { openEmptyPage } from '../open-browser.ts'
import { makePhotos } from './make-photos.ts'
import { choose, waitForCards } from './open-page.ts'

const imageId = 'a'.repeat(64)
const createdAt = new Date().toISOString()
const pending = {
  imageId,
  fileName: 'a.jpg',
  status: 'pending',
  sequence: 1,
  createdAt,
  expiresAt: createdAt,
}
const ready = { ...pending, status: 'ready', sequence: 3, variants: [] }

t.test('a change between the list and the beginning of the stream is shown', async (t) => {
  const { page, open } = await prepare(t)
  let listed = [pending]
  const isStreaming = Promise.withResolvers<void>()
  page.on('response', (response) => response.url().includes('/v1/events') && isStreaming.resolve())
  await page.route(/\/v1\/images\?/, async (route) => {
    await isStreaming.promise
    await route.fulfill({ json: { images: listed } })
    listed = []
  })
  await page.route(`**/v1/images/${imageId}?*`, (route) => route.fulfill({ json: ready }))
  await open()
  await waitForCards(page, 'Ready', 1)
  t.pass()
})

t.test('a state that cannot be read for some time is shown as soon as it can', async (t) => {
  const { page, open } = await prepare(t)
  // More than the attempts of the client.
  let failures = 12
  await page.route(/\/v1\/images\/[0-9a-f]{64}\?/, (route) =>
    failures-- > 0 ? route.abort() : route.continue(),
  )
  await open()
  await choose(page, await makePhotos(1, 700))
  await waitForCards(page, 'Ready', 1)
  t.ok(failures < 0)
})

/** The page on doubles, which is not opened before the test has routed its calls. */
async function prepare(t: Test) {
  const double = await startPageDouble()
  t.teardown(double.stop)
  const page = await openEmptyPage(t)
  return { page, open: () => page.goto(`${double.gateway}/#key=test`) }
}
