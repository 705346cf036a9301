import { fileURLToPath } from 'node:url'
import type { Page, Request } from 'playwright-core'
import sharp from 'sharp'
import t from 'tap'
import { withSystem } from '../../../../local/with-system.ts'
import type { App } from './app.tsx'
import { holdRequests } from './hold-requests.ts'
import { call, openApp } from './open-app.ts'

const photos = ['drum-portrait', 'stream-baseline'].map((name) =>
  fileURLToPath(new URL(`../../../../../processor/test/photos/${name}.jpg`, import.meta.url)),
)

for (const react of [18, 19] as const) {
  t.test(`React ${react} uploads photos and shows them`, async (t) => {
    const { page, faults, requests } = await openApp(t, react)
    t.match(await page.evaluate('app.version'), new RegExp(`^${react}\\.`))
    await withSystem(async ({ gatewayUrl: gateway, key }) => {
      await call(page, 'showUploader', { gateway, key })
      const showVariants = await holdRequests(page, isVariant)
      await page.locator('input').setInputFiles(photos)
      const image = page.getByAltText('Photo drum-portrait.jpg')
      await image.scrollIntoViewIfNeeded()
      t.match(await image.getAttribute('style'), 'data:image/png', 'the placeholder comes first')
      t.match(await image.getAttribute('srcset'), /^http\S+ 683w, http\S+ 1366w$/)
      t.equal(await image.getAttribute('sizes'), '(max-width: 300px) 100vw, 300px')
      const box = await image.boundingBox()
      await showVariants()
      await page.waitForFunction(() => document.querySelectorAll('img').length === 2)
      await page.waitForFunction(() => [...document.images].every(({ naturalWidth }) => naturalWidth > 0))
      t.strictSame(await image.boundingBox(), box, 'nothing moves when it is loaded')
      t.equal(await image.getAttribute('style'), '', 'nothing is behind it')
      t.match(await image.evaluate((element: HTMLImageElement) => element.currentSrc), '/medium.webp?')

      const seen = await readSeen(page)
      const ofDrum = seen.filter((line) => line.startsWith('drum-portrait.jpg'))
      const statuses = [...new Set(ofDrum.map((line) => line.split(' ')[1]))]
      t.strictSame(statuses, ['hashing', 'uploading', 'processing', 'ready'])
      t.equal(ofDrum.at(-1), 'drum-portrait.jpg ready 100')
      t.equal(await page.locator('output').innerText(), 'settled 100 %')

      requests.length = 0
      await page.getByRole('button', { name: 'Reset' }).click()
      await page.locator('output').getByText('idle 0 %').waitFor()
      await page.locator('input').setInputFiles([])
      await page.locator('input').setInputFiles(photos)
      await page.getByText('stream-baseline.jpg · ready · duplicate').waitFor()
      await page.getByText('drum-portrait.jpg · ready · duplicate').waitFor()
      t.strictSame(
        requests.filter((request) => request.startsWith('PUT')),
        [],
      )
    })
    t.strictSame(faults, [])
  })
}

t.test('an upload can be canceled and started again, and refusals say why', async (t) => {
  const { page, faults, requests } = await openApp(t)
  await withSystem(async ({ gatewayUrl: gateway, key }) => {
    await call(page, 'showUploader', { gateway, key })
    const sendBytes = await holdRequests(page, (request) => request.method() === 'PUT')
    const aborted = page.waitForEvent('requestfailed', (request) => request.method() === 'PUT')
    await page.locator('input').setInputFiles(photos.slice(0, 1))
    await page.getByText('drum-portrait.jpg · uploading').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('drum-portrait.jpg · canceled').waitFor()
    await aborted
    t.equal(await page.locator('output').innerText(), 'settled 0 %')
    t.notOk(requests.some((request) => request.endsWith('/complete')))

    await sendBytes()
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('drum-portrait.jpg · ready').waitFor()

    await page.locator('input').setInputFiles([
      { name: 'broken.png', mimeType: 'image/png', buffer: await makeBrokenPng() },
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') },
    ])
    await page.getByText('broken.png · rejected · The image is damaged or cut off').waitFor()
    await page.getByText(/^notes\.txt · failed · .*contentType/).waitFor()
    t.equal(await page.locator('output').innerText(), 'settled 100 %')
  })
  t.strictSame(faults, [])
})

t.test('unmounting stops the uploads', async (t) => {
  const { page, faults, requests } = await openApp(t)
  await withSystem(async ({ gatewayUrl: gateway, key }) => {
    await call(page, 'showUploader', { gateway, key })
    await holdRequests(page, (request) => request.method() === 'PUT')
    const aborted = page.waitForEvent('requestfailed', (request) => request.method() === 'PUT')
    await page.locator('input').setInputFiles(photos.slice(0, 1))
    await page.getByText('drum-portrait.jpg · uploading').waitFor()
    const before = requests.length
    await call(page, 'unmount')
    await aborted
    t.equal(await page.locator('#root > *').count(), 0)
    t.equal(requests.length, before, 'nothing more is requested')
  })
  t.strictSame(faults, [])
})

function isVariant(request: Request): boolean {
  return request.url().includes('.webp?')
}

function readSeen(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as unknown as { app: App }).app.seen)
}

/** The first half of a PNG. */
async function makeBrokenPng(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
  const png = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#000', noise } })
    .png()
    .toBuffer()
  return png.subarray(0, png.length / 2)
}
