import type { Page } from 'playwright-core'

/**
 * Waits until the page has reacted to a new size or colour scheme. Browsers report such a change to scripts in the next frame, and what
 * the scripts then render is in the frame after it.
 */
export const waitForFrames = (page: Page) =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame)
  })
