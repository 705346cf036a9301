/** `npm run test:services [-- FILE…]`: the tests that need the real services. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { glob } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { runCommand } from './run-command.ts'
import { readServicesEnvironment } from './services/env-file.ts'

await runCommand(main)

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true })
  await readServicesEnvironment()
  const files = positionals.length > 0 ? positionals : await findTests()
  // One after another: they share the services, and some stop one of them.
  const args = ['run', '--jobs=1', '--timeout=900', ...files]
  const [code] = await once(spawn('tap', args, { stdio: 'inherit' }), 'close')
  return code ?? 1
}

async function findTests(): Promise<string[]> {
  const found = await Array.fromAsync(
    glob('{core,gateway,processor,openapi,scripts}/**/test/**/*.services.ts'),
  )
  return found.sort()
}
