/**
 * `npm run test:fuzz [-- OPTION…]`: Schemathesis against a local system, all checks, on what the contract allows and on what it
 * does not. Options go to Schemathesis: `--seed 1`, `--phases fuzzing`. Needs Python.
 */
import { join } from 'node:path'
import { withSystem } from '../local/with-system.ts'
import { runCommand } from '../run-command.ts'
import { installPythonPackages } from '../services/install-python-packages.ts'
import { fuzzGateway } from './fuzz/fuzz-gateway.ts'
import { uploadContractExample } from './fuzz/upload-contract-example.ts'

const cache = join(import.meta.dirname, '../../.cache/fuzz')

/** What a gateway limits is tested elsewhere; here it would hide what lies behind, and waiting finds nothing. */
const settings = {
  RATE_LIMIT_PER_MINUTE: '1000000',
  MAX_UPLOAD_BYTES: String(5 * 1024 ** 3),
  MAX_WAIT_SECONDS: '0',
}

await runCommand(async () => {
  const requirements = join(import.meta.dirname, 'fuzz/requirements.txt')
  const programs = await installPythonPackages({ name: 'schemathesis', requirements, cache })
  return withSystem(async (system) => {
    await uploadContractExample(system)
    return fuzzGateway(system, {
      program: join(programs, 'schemathesis'),
      cache,
      options: process.argv.slice(2),
    })
  }, settings)
})
