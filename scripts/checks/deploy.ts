/** `npm run test:deploy [-- FILE…]`: the checks of `deploy/` that need Python or Debian's packages. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { glob } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { parseArgs } from 'node:util'
import { inheritedEnvironment } from '../config.ts'
import { runCommand } from '../run-command.ts'
import { installPythonPackages } from '../services/install-python-packages.ts'

await runCommand(main)

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const programs = await installPythonPackages({
    name: 'deploy',
    requirements: join(import.meta.dirname, '../../deploy/test/requirements.txt'),
    cache: join(import.meta.dirname, '../../.cache'),
  })
  const files = positionals.length > 0 ? positionals : await findTests()
  const { PATH = '', ...environment } = inheritedEnvironment()
  const env = { ...environment, PATH: [programs, PATH].join(delimiter) }
  const [code] = await once(
    spawn('tap', ['run', '--timeout=600', ...files], { stdio: 'inherit', env }),
    'close',
  )
  return code ?? 1
}

async function findTests(): Promise<string[]> {
  const found = await Array.fromAsync(glob('deploy/test/**/*.deploy.ts'))
  return found.sort()
}
