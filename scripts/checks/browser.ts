/**
 * `npm run test:browser [-- [--screenshots] FILE…]`: runs the tests that drive a browser. Needs Chromium. With `--screenshots` the
 * tests write the pictures of the documentation.
 */
import { runCommand } from '../run-command.ts'
import { findTool } from '../services/find-tool.ts'
import { runTests } from './run-tests.ts'

await runCommand(async () => {
  findTool('chromium')
  return runTests('browser', { flags: ['screenshots'] })
})
