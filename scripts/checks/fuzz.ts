/**
 * `npm run test:fuzz [-- OPTION…]`: runs all checks of Schemathesis against a local system, with valid and invalid requests.
 * Options are passed to Schemathesis, such as `--seed 1` or `--phases fuzzing`. Needs Python.
 */
import { join } from 'node:path'
import { uploadImage } from '../../openapi/packages/client/src/upload-image.ts'
import type { LocalSystem } from '../local/start-system.ts'
import { withSystem } from '../local/with-system.ts'
import { runCommand } from '../run-command.ts'
import { installPythonPackages } from '../services/install-python-packages.ts'
import { fuzzGateway } from './fuzz/fuzz-gateway.ts'

const cache = join(import.meta.dirname, '../../.cache/fuzz')

/** Limits and optional formats are tested elsewhere; here they would reject requests that the contract permits. */
const settings = {
  HEIC: 'on',
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

/** Uploads the bytes whose SHA-256 the contract's examples use (not an image), so that calls with these examples find a record. */
async function uploadContractExample({ gatewayUrl, key }: LocalSystem): Promise<void> {
  await uploadImage(new Blob(['test'], { type: 'image/jpeg' }), { gateway: gatewayUrl, key })
}
