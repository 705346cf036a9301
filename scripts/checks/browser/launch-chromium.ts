import { type Browser, chromium } from 'playwright-core'
import { findTool } from '../../services/find-tool.ts'

/** Turns off the browser's own network traffic. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
]

/** Launches this machine's Chromium, as root without a sandbox. @throws Error when it is not installed */
export function launchChromium(args: string[] = []): Promise<Browser> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath: findTool('chromium'), args: [...quiet, ...sandbox, ...args] })
}
