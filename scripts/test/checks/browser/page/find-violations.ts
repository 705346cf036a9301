import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { waitForFrames } from './wait-for-frames.ts'

/** Returns the rules of WCAG 2.2 AA that the page violates, with the elements. */
export async function findViolations(page: Page): Promise<string[]> {
  await waitForFrames(page)
  // Wait for images to fade in, because that changes the contrast.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)))
  // The page's content security policy forbids inline scripts, so axe is evaluated instead.
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}
