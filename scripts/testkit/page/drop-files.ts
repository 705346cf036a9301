import type { Page } from 'playwright-core'

/** Drops files on the upload panel like a user: the browser reads them from disk. @param paths absolute */
export async function dropFiles(page: Page, paths: string[]): Promise<void> {
  const box = await page.locator('.uppy-Dashboard-inner').boundingBox()
  if (!box) throw new Error('The upload page has no upload panel.')
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: paths, dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', {
      type,
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      data,
    })
  }
  await session.detach()
}
