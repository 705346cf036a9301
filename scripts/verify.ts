/** `npm run verify`: proves, from the outside, that a deployed system keeps its promises. */
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { integerOption, runCommand } from './run-command.ts'
import { findGateway } from './upload/find-gateway.ts'
import { verifySystem } from './verify/verify-system.ts'

const usage = `Usage: npm run verify -- --gateway URL --key KEY

Uploads a photo of its own to "ready", and tries every way to abuse an upload URL. Prints TAP.

  --gateway URL              default: what "npm start" wrote to .data/local.json
  --key KEY                  likewise; needs the scopes upload and read
  --other-key KEY            of another tenant: shows that tenants do not see one another
  --timeout SECONDS          longest wait for the processing of the photo, 120 by default
  --expiry-wait-seconds N    longest wait for a URL to expire, 60 by default

It leaves two or three images, which go after their seven days. The exit code is 0 only if every promise is kept.`

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      gateway: { type: 'string' },
      key: { type: 'string' },
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
  const { gateway, key } = await findGateway(values)
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
