/** `npm run test:services [-- FILE…]`: runs the tests that need the real services, one file at a time, as some stop a service. */
import { runCommand } from '../run-command.ts'
import { readServicesEnvironment } from '../services/env-file.ts'
import { runTests } from './run-tests.ts'

await runCommand(async () => {
  await readServicesEnvironment()
  return runTests('services')
})
