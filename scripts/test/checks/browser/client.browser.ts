import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { withSystem } from '../../../local/with-system.ts'
import { openEmptyPage } from './open-browser.ts'
import { serveClient } from './serve-client.ts'

const photo = fileURLToPath(new URL('../../../../processor/test/photos/stream-baseline.jpg', import.meta.url))

t.test('a page on another port of this machine uploads the file that a user chose', async (t) => {
  const { page } = await openPage(t)
  await withSystem(async ({ gatewayUrl, key }) => {
    await page.locator('input').setInputFiles(photo)

    const first = await upload(page, { gateway: gatewayUrl, key })
    t.match(first.image, { status: 'ready', fileName: 'stream-baseline.jpg', contentType: 'image/jpeg' })
    t.ok(first.progress.length > 0, 'the client reports progress')
    const { sentBytes, totalBytes } = first.progress.at(-1) ?? {}
    t.equal(sentBytes, totalBytes, 'progress ends with all bytes')

    const again = await upload(page, { gateway: gatewayUrl, key })
    t.match(again, { image: { status: 'ready' }, progress: [] }, 'no bytes of a duplicate are sent')

    const refused = await upload(page, { gateway: gatewayUrl, key: 'hg_000000000000_nonsense' })
    t.equal(refused.code, 'UNAUTHENTICATED', 'the page can read the error of a refusal')

    const variant = await page.evaluate((url) => fetch(url).then(({ status }) => status), first.url)
    t.equal(variant, 200, 'the page can download the variants')
  })
})

t.test('CORS blocks a page of an origin that is not listed', async (t) => {
  const { page } = await openPage(t)
  await withSystem(
    async ({ gatewayUrl, key }) => {
      const request = fetchFrom(page, `${gatewayUrl}/v1/images`, key)
      await t.rejects(request, { message: /Failed to fetch/ })
    },
    { CORS_ORIGINS: 'https://app.example.com' },
  )
})

/** Opens a page of a web application in a new browser. */
async function openPage(t: Test): Promise<{ page: Page; origin: string }> {
  const origin = await serveClient(t)
  const page = await openEmptyPage(t)
  await page.goto(origin)
  return { page, origin }
}

function fetchFrom(page: Page, url: string, key: string): Promise<number> {
  return page.evaluate(
    ([url, key]) => fetch(url, { headers: { 'x-api-key': key } }).then(({ status }) => status),
    [url, key] as const,
  )
}

interface Outcome {
  image?: Record<string, unknown>
  url: string
  progress: { sentBytes: number; totalBytes: number }[]
  code?: string
}

/** Uploads the file chosen in the page's input with the client that the page has loaded. */
function upload(page: Page, options: { gateway: string; key: string }): Promise<Outcome> {
  return page.evaluate(async (options) => {
    // A URL of the page, which the compiler cannot resolve.
    const module = '/upload-image.ts'
    const { uploadImage } = await import(module)
    const file = document.querySelector('input')?.files?.[0]
    const progress: Outcome['progress'] = []
    try {
      const onProgress = (event: Outcome['progress'][number]) => progress.push(event)
      const image = await uploadImage(file, { ...options, onProgress })
      return { image, url: image.variants[0].url, progress }
    } catch (error) {
      return { code: (error as { code?: string }).code ?? String(error), url: '', progress }
    }
  }, options)
}
