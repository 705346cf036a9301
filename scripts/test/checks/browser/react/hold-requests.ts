import type { Page, Request, Route } from 'playwright-core'

/** Holds requests in the browser. Returns a function that releases them and lets later ones through. */
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
    // Canceled requests cannot be continued.
    for (const route of held) await route.continue().catch(() => {})
  }
}
