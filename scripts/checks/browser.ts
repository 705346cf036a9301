/** `npm run test:browser [-- FILE…]`: runs the tests that drive a browser. Needs Chromium. */
import { runCommand } from '../run-command.ts'
import { findTool } from '../services/find-tool.ts'
import { runTests } from './run-tests.ts'

await runCommand(async () => {
  findTool('chromium')
  return runTests('browser')
})
