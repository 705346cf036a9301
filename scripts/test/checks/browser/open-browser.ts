import type { Browser } from 'playwright-core'
import type { Test } from 'tap'
import { launchChromium } from '../../../checks/browser/launch-chromium.ts'

/** A browser of this test's own. @param args of Chromium's command line */
export async function openBrowser(t: Test, args?: string[]): Promise<Browser> {
  const browser = await launchChromium(args)
  t.teardown(() => browser.close())
  return browser
}
