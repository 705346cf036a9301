import { openAsBlob } from 'node:fs'
import { createRequire } from 'node:module'
import { type Image, uploadImage } from '@hashgate/client'
import { ImageFromHashgate } from '@hashgate/react'
import type { Page } from 'playwright-core'
import t from 'tap'
import { withSystem } from '../../../../local/with-system.ts'
import { holdRequests } from './hold-requests.ts'
import { call, openApp } from './open-app.ts'

const require = createRequire(new URL('../../../../../openapi/packages/react/package.json', import.meta.url))
const { createElement }: typeof import('react') = require('react')
const { renderToString }: typeof import('react-dom/server') = require('react-dom/server')

const photo = new URL('../../../../../processor/test/photos/stream-baseline.jpg', import.meta.url)

t.test('ImageFromHashgate shows images', async (t) => {
  await withSystem(async ({ gatewayUrl: gateway, key }) => {
    const options = { gateway, key }
    const image = await uploadImage(await openAsBlob(photo), options)
    const read = `GET /v1/images/${image.imageId}`

    await t.test('expired URLs are replaced, once', async (t) => {
      const { page, faults, requests } = await openApp(t)
      await call(page, 'showImage', options, { image: expire(image), width: 300 })
      await waitForPixels(page)
      t.equal(count(requests, read), 1)
      const srcset = await page.getByAltText('A photo').getAttribute('srcset')
      // The signature changes every quarter of an hour.
      t.match(srcset, new URL(image.variants?.[1]?.url ?? '').pathname)
      t.notMatch(srcset, expiredDate)
      t.strictSame(faults, [])
    })

    await t.test('an image that fails again shows its fallback', async (t) => {
      const { page, requests } = await openApp(t)
      await page.route(/\.webp\?/, (route) => route.abort())
      await call(page, 'showImage', options, { image, width: 300 })
      await page.getByRole('alert').getByText('The image cannot be loaded.').waitFor()
      t.equal(count(requests, read), 1)
      t.equal(requests.filter((request) => request.endsWith('.webp')).length, 2)
    })

    await t.test('a failure that React sees in the element and as an event counts once', async (t) => {
      const { page, requests } = await openApp(t)
      await page.route(/\.webp\?/, (route) => route.abort())
      await page.evaluate(dispatchErrorsTwice)
      await call(page, 'showImage', options, { image, width: 300 })
      await page.getByRole('alert').getByText('The image cannot be loaded.').waitFor()
      t.equal(count(requests, read), 1)
      t.equal(requests.filter((request) => request.endsWith('.webp')).length, 2)
    })

    await t.test('without a provider the first failure is final', async (t) => {
      const { page, requests } = await openApp(t)
      await call(page, 'showImage', undefined, { image: expire(image), width: 300 })
      await page.getByRole('alert').getByText('The image cannot be loaded.').waitFor()
      t.equal(count(requests, read), 0)
    })

    await t.test('an image is shown by its id, and a missing one shows an error', async (t) => {
      const { page } = await openApp(t)
      await call(page, 'showImage', options, { imageId: image.imageId, variant: 'thumb', width: 100 })
      await waitForPixels(page)
      t.match(await page.getByAltText('A photo').getAttribute('src'), '/thumb.webp?')
      await call(page, 'unmount')
      await call(page, 'showImage', options, { imageId: '0'.repeat(64) })
      await page.getByRole('alert').getByText('The image does not exist').waitFor()
    })

    await t.test('an image that is not ready is shown as soon as it is', async (t) => {
      const { page, faults } = await openApp(t)
      const { variants: _, ...rest } = image
      await call(page, 'showImage', options, {
        image: { ...rest, status: 'processing', sequence: 1 },
        width: 300,
      })
      await waitForPixels(page)
      t.match(await page.getByAltText('A photo').getAttribute('src'), '/medium.webp?')
      t.strictSame(faults, [])
    })

    await t.test('a page from a server shows the placeholder before it runs any script', async (t) => {
      const { page, faults } = await openApp(t)
      const props = { image, width: 300 }
      const showVariants = await holdRequests(page, (request) => request.url().includes('.webp?'))
      const html = renderToString(createElement(ImageFromHashgate, { ...props, alt: 'A photo' }))
      await page.evaluate((html) => {
        Object.assign(document.getElementById('root') as HTMLElement, { innerHTML: html })
      }, html)
      const style = () => page.getByAltText('A photo').getAttribute('style')
      t.match(await style(), 'data:image/png')
      await showVariants()
      await waitForPixels(page)
      await call(page, 'hydrateImage', props)
      await page.waitForFunction(() => document.images[0]?.getAttribute('style') === '')
      t.strictSame(faults, [], 'hydration finds no mismatch')
    })
  })
})

/** Runs in the page. Reports each failed load twice, as if React had also found the failed element by itself. */
function dispatchErrorsTwice(): void {
  document.addEventListener(
    'error',
    ({ target, isTrusted }) => {
      if (isTrusted && target instanceof HTMLImageElement) target.dispatchEvent(new Event('error'))
    },
    { capture: true },
  )
}

const expiredDate = 'X-Amz-Date=20200101'

/** The record with URLs that have expired. */
function expire(image: Image): Image {
  const variants = image.variants?.map((variant) => ({
    ...variant,
    url: variant.url.replace(/X-Amz-Date=\d{8}/, expiredDate),
    urlExpiresAt: '2020-01-01T00:00:00.000Z',
  }))
  return { ...image, variants }
}

function count(requests: string[], request: string): number {
  return requests.filter((candidate) => candidate === request).length
}

async function waitForPixels(page: Page): Promise<void> {
  await page.waitForFunction(() => document.images[0]?.complete && document.images[0].naturalWidth > 0)
}
