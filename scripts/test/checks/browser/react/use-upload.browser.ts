import { fileURLToPath } from 'node:url'
import type { Page, Request } from 'playwright-core'
import sharp from 'sharp'
import t from 'tap'
import { withSystem } from '../../../../local/with-system.ts'
import type { App } from './app.tsx'
import { holdRequests } from './hold-requests.ts'
import { call, openApp } from './open-app.ts'

const photos = (...names: string[]) =>
  names.map((name) =>
    fileURLToPath(new URL(`../../../../../processor/test/photos/${name}.jpg`, import.meta.url)),
  )

/** Each test has different photos, because the tests share a system. */
const versions = { 18: ['drum-portrait', 'stream-baseline'], 19: ['dogs-orientation-6', 'sunset-12mp-gps'] }

t.test('useUpload uploads photos', (t) =>
  withSystem(async ({ gatewayUrl: gateway, key }) => {
    for (const react of [18, 19] as const) {
      await t.test(`React ${react} uploads photos and shows them`, async (t) => {
        const { page, faults, requests } = await openApp(t, react)
        t.match(await page.evaluate('app.version'), new RegExp(`^${react}\\.`))
        await call(page, 'showUploader', { gateway, key })
        const showVariants = await holdRequests(page, isVariant)
        await slowDownUploads(page)
        const [name = '', other = ''] = versions[react]
        await page.locator('input').setInputFiles(photos(name, other))
        const image = page.getByAltText(`Photo ${name}.jpg`)
        await image.scrollIntoViewIfNeeded()
        t.match(await image.getAttribute('style'), 'data:image/png', 'the placeholder comes first')
        t.match(await image.getAttribute('srcset'), /^http\S+ \d+w, http\S+ \d+w$/)
        t.equal(await image.getAttribute('sizes'), '(max-width: 300px) 100vw, 300px')
        const box = await image.boundingBox()
        await showVariants()
        await page.waitForFunction(() => document.querySelectorAll('img').length === 2)
        // React removes the placeholder some time after the browser has decoded the image.
        await page.waitForFunction(() =>
          [...document.images].every((shown) => shown.naturalWidth > 0 && !shown.getAttribute('style')),
        )
        t.match(
          await image.boundingBox(),
          { width: box?.width, height: box?.height },
          'the size of the element does not change',
        )
        t.match(await image.evaluate((element: HTMLImageElement) => element.currentSrc), '/medium.webp?')

        const seen = (await readSeen(page)).filter((line) => line.startsWith(`${name}.jpg `))
        const statuses = [...new Set(seen.map((line) => line.split(' ')[1]))]
        t.strictSame(statuses, ['hashing', 'uploading', 'processing', 'ready'])
        const percents = seen.map((line) => Number(line.split(' ')[2]))
        t.ok(
          percents.some((percent) => percent > 0 && percent < 100),
          'progress is shown during the upload',
        )
        t.strictSame(
          percents,
          percents.toSorted((a, b) => a - b),
          'progress never decreases',
        )
        t.equal(await page.locator('output').innerText(), 'settled 100 %')

        requests.length = 0
        await page.getByRole('button', { name: 'Reset' }).click()
        await page.locator('output').getByText('idle 0 %').waitFor()
        await page.locator('input').setInputFiles([])
        await page.locator('input').setInputFiles(photos(name))
        await page.getByText(`${name}.jpg · ready · duplicate`).waitFor()
        t.strictSame(
          requests.filter((request) => request.startsWith('PUT')),
          [],
          'no bytes of a duplicate are sent',
        )
        t.strictSame(faults, [])
      })
    }

    await t.test('an upload can be canceled and started again, and rejections show the reason', async (t) => {
      const { page, faults, requests } = await openApp(t)
      await call(page, 'showUploader', { gateway, key })
      const sendBytes = await holdRequests(page, isUpload)
      const aborted = page.waitForEvent('requestfailed', isUpload)
      await page.locator('input').setInputFiles(await makePng('a.png'))
      await page.getByText('a.png · uploading').waitFor()
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.getByText('a.png · canceled').waitFor()
      await aborted
      t.equal(await page.locator('output').innerText(), 'settled 0 %')
      t.notOk(requests.some((request) => request.endsWith('/complete')))

      await sendBytes()
      await page.getByRole('button', { name: 'Retry' }).click()
      await page.getByText('a.png · ready').waitFor()

      const whole = await makePng('broken.png')
      const broken = { ...whole, buffer: whole.buffer.subarray(0, whole.buffer.length / 2) }
      const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') }
      await page.locator('input').setInputFiles([broken, notes])
      await page.getByText('broken.png · rejected · The image is damaged or cut off').waitFor()
      await page.getByText(/^notes\.txt · failed · .*contentType/).waitFor()
      t.equal(await page.locator('output').innerText(), 'settled 100 %')
      t.strictSame(faults, [])
    })

    await t.test('unmounting stops the uploads', async (t) => {
      const { page, faults, requests } = await openApp(t)
      await call(page, 'showUploader', { gateway, key })
      await holdRequests(page, isUpload)
      const sent = page.waitForEvent('request', isUpload)
      const aborted = page.waitForEvent('requestfailed', isUpload)
      await page.locator('input').setInputFiles(await makePng('b.png'))
      await page.getByText('b.png · uploading').waitFor()
      await sent
      const before = requests.length
      await call(page, 'unmount')
      await aborted
      t.equal(await page.locator('#root > *').count(), 0)
      t.equal(requests.length, before, 'nothing more is requested')
      t.strictSame(faults, [])
    })
  }),
)

function isVariant(request: Request): boolean {
  return request.url().includes('.webp?')
}

function isUpload(request: Request): boolean {
  return request.method() === 'PUT'
}

/** Photos of about a megabyte, so that the browser reports progress during the upload. */
async function slowDownUploads(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 500_000 }
  await session.send('Network.emulateNetworkConditions', conditions)
}

function readSeen(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as unknown as { app: App }).app.seen)
}

/** An image of noise, different each time. */
async function makePng(name: string) {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
  const buffer = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#000', noise } })
    .png()
    .toBuffer()
  return { name, mimeType: 'image/png', buffer }
}
