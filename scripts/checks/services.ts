/** `npm run test:services [-- FILE…]`: the tests that need the real services. They share them, and some stop one of them. */
import { parseArgs } from 'node:util'
import { runCommand } from '../run-command.ts'
import { readServicesEnvironment } from '../services/env-file.ts'
import { runTests } from './run-tests.ts'

await runCommand(async () => {
  const { positionals: files } = parseArgs({ allowPositionals: true })
  await readServicesEnvironment()
  return runTests({ ending: 'services.ts', files, timeoutSeconds: 900 })
})
