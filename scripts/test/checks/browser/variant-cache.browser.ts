import type { Page } from 'playwright-core'
import sharp from 'sharp'
import t from 'tap'
import {
  type ClientOptions,
  createHashgateClient,
} from '../../../../openapi/packages/client/src/hashgate-client.ts'
import { uploadImage } from '../../../../openapi/packages/client/src/upload-image.ts'
import { withSystem } from '../../../local/with-system.ts'
import { avoidBoundary } from '../../../testkit/avoid-boundary.ts'
import { openEmptyPage } from './open-browser.ts'
import { serveClient } from './serve-client.ts'

const imageCount = 34

const ttlSeconds = 7 * 86_400

// The URLs stay the same for a quarter of their lifetime.
await avoidBoundary((ttlSeconds * 1_000) / 4)

t.test('reloading a gallery of 102 variants sends no request to the store', async (t) => {
  const origin = await serveClient(t)
  const page = await openEmptyPage(t)
  const countRequests = await watchNetwork(page)
  await withSystem(
    async ({ gatewayUrl: gateway, key }) => {
      const files = await Promise.all(Array.from({ length: imageCount }, (_, index) => makeImage(index)))
      const images = await Promise.all(files.map((file) => uploadImage(file, { gateway, key })))
      const ids = images.map(({ imageId }) => imageId)

      for (const expected of [3 * imageCount, 0]) {
        await page.goto(origin)
        const urls = await listVariants(ids, { gateway, key })
        t.equal(urls.length, 3 * imageCount)
        t.equal(await countRequests(() => showGallery(page, urls)), expected)
      }
    },
    { VARIANT_URL_TTL_SECONDS: String(ttlSeconds) },
  )
})

/** A small image that is unique to the index. */
async function makeImage(index: number): Promise<Blob> {
  const background = { r: index, g: 120, b: 200 }
  const png = await sharp({ create: { width: 48, height: 32, channels: 3, background } })
    .png()
    .toBuffer()
  return new Blob([new Uint8Array(png)])
}

/** The URLs that the gateway issues now. */
async function listVariants(ids: string[], options: ClientOptions): Promise<string[]> {
  const { getImage } = createHashgateClient(options)
  const images = await Promise.all(ids.map((id) => getImage(id)))
  return images.flatMap(({ variants = [] }) => variants.map(({ url }) => url))
}

/** Shows the images and waits until all are loaded. */
function showGallery(page: Page, urls: string[]): Promise<void> {
  return page.evaluate(async (urls) => {
    const images = urls.map((url) => Object.assign(new Image(), { src: url }))
    document.body.append(...images)
    await Promise.all(images.map((image) => image.decode()))
  }, urls)
}

/** Returns a function that counts the requests for variants that leave the browser during an action. */
async function watchNetwork(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  let sent = new Set<string>()
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (request.url.includes('X-Amz-Signature')) sent.add(requestId)
  })
  session.on('Network.requestServedFromCache', ({ requestId }) => sent.delete(requestId))
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.fromDiskCache) sent.delete(requestId)
  })
  return async (action: () => Promise<void>): Promise<number> => {
    sent = new Set()
    await action()
    // The events of a session arrive in order, so those of the action have arrived when the page has answered.
    await session.send('Runtime.evaluate', { expression: '0' })
    return sent.size
  }
}
