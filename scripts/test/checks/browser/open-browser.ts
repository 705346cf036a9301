import { type Browser, chromium } from 'playwright-core'
import type { Test } from 'tap'
import { findTool } from '../../../services/find-tool.ts'

/** Nothing of the browser's own goes out to the network. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
]

/** A browser of this test's own. Root has no sandbox: the pages are our own. */
export async function openBrowser(t: Test): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: findTool('chromium'),
    args: process.getuid?.() === 0 ? [...quiet, '--no-sandbox'] : quiet,
  })
  t.teardown(() => browser.close())
  return browser
}
