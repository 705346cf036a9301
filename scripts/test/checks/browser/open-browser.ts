import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { launchChromium } from '../../../checks/browser/launch-chromium.ts'

/** Launches a browser for this test. @param args Chromium's command-line options */
export async function openBrowser(t: Test, args?: string[]): Promise<Browser> {
  const browser = await launchChromium(args)
  t.teardown(() => browser.close())
  return browser
}

/** Opens an empty page in a new browser. A step may take minutes on a busy machine. @param args Chromium's command-line options */
export async function openEmptyPage(t: Test, args?: string[]): Promise<Page> {
  const page = await (await openBrowser(t, args)).newPage()
  page.setDefaultTimeout(120_000)
  return page
}
