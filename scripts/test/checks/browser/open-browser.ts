import type { Browser } from 'playwright-core'
import type { Test } from 'tap'
import { launchChromium } from '../../../checks/browser/launch-chromium.ts'

/** A browser of this test's own. */
export async function openBrowser(t: Test): Promise<Browser> {
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  return browser
}
