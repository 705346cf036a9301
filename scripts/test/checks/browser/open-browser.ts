import type { Browser } from 'playwright-core'
import type { Test } from 'tap'
import { launchChromium } from '../../../checks/browser/launch-chromium.ts'

/** Launches a browser for this test. @param args Chromium's command-line options */
export async function openBrowser(t: Test, args?: string[]): Promise<Browser> {
  const browser = await launchChromium(args)
  t.teardown(() => browser.close())
  return browser
}
