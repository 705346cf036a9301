/**
 * `npm run test:lambda [-- FILE…]`: runs the built zip under AWS's runtime interface emulator and runtime client for Node; the arm64
 * zip runs in QEMU. Needs Go, make, CMake, a C++ compiler, Python, QEMU and Debian's arm64 libraries.
 */
import { runCommand } from '../run-command.ts'
import { installLambda } from './lambda/prepare-function.ts'
import { runTests } from './run-tests.ts'

await runCommand(async () => {
  await installLambda()
  return runTests('lambda')
})
