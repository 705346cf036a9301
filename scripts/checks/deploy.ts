/** `npm run test:deploy [-- FILE…]`: runs the checks of `deploy/` that need Python or Debian packages. */
import { delimiter, join } from 'node:path'
import { inheritedEnvironment } from '../config.ts'
import { runCommand } from '../run-command.ts'
import { installPythonPackages } from '../services/install-python-packages.ts'
import { runTests } from './run-tests.ts'

const root = join(import.meta.dirname, '../..')

await runCommand(async () => {
  const programs = await installPythonPackages({
    name: 'deploy',
    requirements: join(root, 'deploy/test/requirements.txt'),
    cache: join(root, '.cache'),
  })
  const { PATH = '', ...environment } = inheritedEnvironment()
  return runTests('deploy', { env: { ...environment, PATH: [programs, PATH].join(delimiter) } })
})
