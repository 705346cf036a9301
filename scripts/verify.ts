/** `npm run verify`: tests a deployed system from the outside and reports each promise as a TAP line. */
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findTarget } from '../openapi/packages/cli/src/target.ts'
import { targetEnvironment } from './config.ts'
import { localTarget } from './local-target.ts'
import { integerOption, runCommand } from './run-command.ts'
import { verifySystem } from './verify/verify-system.ts'

const usage = `Usage: npm run verify -- --gateway URL --key KEY

Uploads a new photo, waits until it is ready, and tries to abuse upload URLs. Prints TAP.

  --gateway URL            gateway to test (default: from .data/local.json, which "npm start" writes)
  --key KEY                API key with the scopes upload and read (default: likewise); HASHGATE_KEY is not visible in
                           the list of processes
  --key-file PATH          file that contains the key, or - to read it from stdin
  --other-key KEY          key of another tenant, to test that tenants are isolated
  --timeout SECONDS        how long to wait for the photo to be processed (default: 120)
  --expiry-wait-seconds N  how long to wait, at most, for an upload URL to expire (default: 60)

Two or three images remain and expire after seven days. The exit code is 0 only if no check fails.`

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      gateway: { type: 'string' },
      key: { type: 'string' },
      'key-file': { type: 'string' },
      'other-key': { type: 'string' },
      timeout: { type: 'string', default: '120' },
      'expiry-wait-seconds': { type: 'string', default: '60' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const { gateway, key } = await findTarget(
    { ...targetEnvironment(), ...values, keyFile: values['key-file'] },
    localTarget,
  )
  const { isKept } = await verifySystem(
    {
      gateway: gateway.replace(/\/+$/, ''),
      key,
      otherKey: values['other-key'],
      timeoutSeconds: integerOption(values.timeout, '--timeout', 0),
      expiryWaitSeconds: integerOption(values['expiry-wait-seconds'], '--expiry-wait-seconds', 0),
      sleep: (seconds) => setTimeout(seconds * 1_000),
    },
    process.stdout,
  )
  return isKept ? 0 : 1
}
