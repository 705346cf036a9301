/** `npm run test:browser [-- FILE…]`: the tests in which somebody sits at a browser. Needs Chromium. */
import { parseArgs } from 'node:util'
import { runCommand } from '../run-command.ts'
import { findTool } from '../services/find-tool.ts'
import { runTests } from './run-tests.ts'

await runCommand(async () => {
  const { positionals: files } = parseArgs({ allowPositionals: true })
  findTool('chromium')
  return runTests({ ending: 'browser.ts', files, timeoutSeconds: 300 })
})
