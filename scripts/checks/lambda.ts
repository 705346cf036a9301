/**
 * `npm run test:lambda`: the built zip under AWS's own runtime interface emulator and runtime client for Node. The one for arm64 runs
 * in QEMU. Needs Go, make, CMake, a C++ compiler, Python, QEMU and Debian's libraries of arm64.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { runCommand } from '../run-command.ts'
import { installLambda } from './lambda/prepare-function.ts'

await runCommand(async () => {
  await installLambda()
  const args = ['run', '--jobs=1', '--timeout=900', '--reporter=tap', 'processor/test/lambda.emulator.ts']
  const [code] = await once(spawn('tap', args, { stdio: 'inherit' }), 'close')
  return code ?? 1
})
