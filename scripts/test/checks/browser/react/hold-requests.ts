import type { Page, Request, Route } from 'playwright-core'

/** Holds requests in the browser. Returns a function that lets them, and later ones, go on. */
export async function holdRequests(
  page: Page,
  isHeld: (request: Request) => boolean,
): Promise<() => Promise<void>> {
  const held: Route[] = []
  let isOpen = false
  await page.route(
    () => true,
    async (route) => {
      if (!isOpen && isHeld(route.request())) held.push(route)
      else await route.continue()
    },
  )
  return async () => {
    isOpen = true
    // Canceled requests cannot go on.
    for (const route of held) await route.continue().catch(() => {})
  }
}
