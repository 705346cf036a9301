import type { Page, Route } from 'playwright-core'
import { pollUntil } from '../../../../testkit/poll-until.ts'

/** Records the uploads that reach the store, including after reloads of the page. */
export function recordUploads(page: Page) {
  const started: string[] = []
  const stored: string[] = []
  page.on('request', (request) => request.method() === 'PUT' && started.push(request.url()))
  page.on('response', (response) => {
    if (response.request().method() === 'PUT' && response.ok()) stored.push(response.url())
  })
  return {
    started: () => started,
    stored: () => stored,
    /** Waits until `count` images are stored. The gallery can show an image before the browser has the response to its upload. */
    untilStored: (count: number) => pollUntil(() => new Set(stored.map(imageIdIn)).size >= count),
  }
}

/** The hash in an object's URL. */
export const imageIdIn = (url: string) => /[0-9a-f]{64}/.exec(url)?.[0]

/**
 * Lets `count` uploads through and holds the others, so that a test can act in between. `reached` resolves when the first upload is held
 * and those before it are stored.
 */
export async function holdUploads(page: Page, count: number) {
  const held: Route[] = []
  const reached = Promise.withResolvers<void>()
  let seen = 0
  let stored = 0
  let isReleased = false
  const check = () => stored >= count && held.length > 0 && reached.resolve()
  page.on('response', (response) => {
    if (response.request().method() !== 'PUT' || !response.ok()) return
    stored += 1
    check()
  })
  await page.route(
    (url) => url.searchParams.has('X-Amz-Signature'),
    async (route) => {
      if (route.request().method() !== 'PUT' || isReleased || ++seen <= count) return route.continue()
      held.push(route)
      check()
    },
  )
  return {
    reached: reached.promise,
    /** Releases held uploads. The page may have aborted some of them. */
    release() {
      isReleased = true
      for (const route of held) route.continue().catch(() => {})
    },
  }
}
