/**
 * `npm run test:services [-- [--without-faults] FILE…]`: runs the tests that need the real services, one file at a time, as some stop a
 * service. `--without-faults` leaves out those that inject faults, which take more than half of the time.
 */
import { runCommand } from '../run-command.ts'
import { readServicesEnvironment } from '../services/env-file.ts'
import { runTests } from './run-tests.ts'

await runCommand(async () => {
  await readServicesEnvironment()
  return runTests('services', { leaveOut: { flag: 'without-faults', folder: 'scripts/test/checks/faults/' } })
})
