import { type Browser, chromium } from 'playwright-core'
import { findTool } from '../../services/find-tool.ts'

/** Nothing of the browser's own goes out to the network. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
]

/** Launches the Chromium of this machine. Root has no sandbox. @throws Error when there is none */
export function launchChromium(args: string[] = []): Promise<Browser> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath: findTool('chromium'), args: [...quiet, ...sandbox, ...args] })
}
