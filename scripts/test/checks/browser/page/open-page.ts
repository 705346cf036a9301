import { fileURLToPath } from 'node:url'
import type { Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import { buildWebApp, writeWebApp } from '../../../../build/build-web.ts'
import { openEmptyPage } from '../open-browser.ts'
import { waitForFrames } from './wait-for-frames.ts'

await writeWebApp(await buildWebApp(), fileURLToPath(new URL('../../../../../dist/web', import.meta.url)))

export type Files = Parameters<Locator['setInputFiles']>[0]

/** The browser reports errors when a busy gateway sheds load, but the page retries. */
const isRefusal = (text: string) => /the server responded with a status of (429|503)/.test(text)

/** Opens the page in a new browser and collects its errors. */
export async function openPage(
  t: Test,
  url: string,
  launchOptions?: string[],
): Promise<{ page: Page; faults: string[] }> {
  const page = await openEmptyPage(t, launchOptions)
  const faults: string[] = []
  page.on('pageerror', ({ message }) => faults.push(message))
  page.on('console', (line) => {
    if (line.type() === 'error' && !isRefusal(line.text())) faults.push(line.text())
  })
  await page.goto(url)
  return { page, faults }
}

export const choose = (page: Page, files: Files) =>
  page.locator('input[type=file]').first().setInputFiles(files)

export const cards = (page: Page, status: string) =>
  page.getByRole('button', { name: new RegExp(`, ${status}\\b`) })

/** Waits until the gallery shows `count` images with a status. */
export const waitForCards = (page: Page, status: string, count: number) =>
  cards(page, status)
    .nth(count - 1)
    .waitFor({ timeout: 240_000 })

/** The width of the page beyond the screen, in pixels. */
export async function findOverflow(page: Page): Promise<number> {
  await waitForFrames(page)
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
}
