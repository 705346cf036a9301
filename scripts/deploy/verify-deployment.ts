import { lookup } from 'node:dns/promises'
import { setTimeout } from 'node:timers/promises'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { createKeyTable } from '../../core/api-keys/key-table.ts'
import { documentClientOptions } from '../../core/aws/aws-client-options.ts'
import { createKey } from '../keys/create-key.ts'
import { expiryPromise } from '../verify/check-expiry.ts'
import { verifySystem } from '../verify/verify-system.ts'
import type { Deployment } from './deployment.ts'
import { readOutput, readOutputs } from './read-outputs.ts'

const keyLifeSeconds = 3_600
const timeoutSeconds = 120

/** A person waits for the end of a URL only where it is near. */
const expiryWaitSeconds = 120

interface VerifyOptions {
  /** The stack itself makes the gateway's name. */
  hasZone: boolean
  resolve?: (hostname: string) => Promise<unknown>
  output?: NodeJS.WritableStream
}

/**
 * Verifies what was deployed, as two tenants of its own, with keys that are revoked at the end.
 * @returns whether every promise is kept; also true, with a line that says so, when its name is still to be made by a person
 */
export async function verifyDeployment(
  deployment: Deployment,
  { hasZone, resolve = lookup, output = process.stdout }: VerifyOptions,
): Promise<boolean> {
  const { aws, env, say } = deployment
  const gateway = await readOutput(aws.ssm, env, 'gateway/url')
  if (!hasZone && !(await isKnown(new URL(gateway).hostname, resolve))) {
    say(await describeMissingName(deployment, gateway))
    return true
  }
  const table = await readOutput(aws.ssm, env, 'metadata/keys-table')
  const keys = createKeyTable(DynamoDBDocumentClient.from(aws.dynamoDb, documentClientOptions), table)

  const makeKey = (tenant: string) =>
    createKey(keys, {
      tenant,
      scopes: ['upload', 'read'],
      requestsPerMinute: 600,
      expiresAt: new Date(Date.now() + keyLifeSeconds * 1_000).toISOString(),
      label: 'npm run deploy',
    })

  say(`Verifying ${gateway} …`)
  const made = [await makeKey('hashgate-verify'), await makeKey('hashgate-verify-other')] as const
  try {
    const { isKept, skipped } = await verifySystem(
      {
        gateway,
        key: made[0].text,
        otherKey: made[1].text,
        timeoutSeconds,
        expiryWaitSeconds,
        sleep: (seconds) => setTimeout(seconds * 1_000),
      },
      output,
    )
    if (skipped.includes(expiryPromise)) say(describeMissingWait(gateway))
    return isKept
  } finally {
    for (const { key } of made) await keys.mark(key.keyId, 'revokedAt', Date.now())
  }
}

async function isKnown(hostname: string, resolve: (hostname: string) => Promise<unknown>): Promise<boolean> {
  return resolve(hostname).then(
    () => true,
    () => false,
  )
}

async function describeMissingName({ aws, env }: Deployment, gateway: string): Promise<string> {
  const path = `/hashgate/${env}/gateway/dns-name`
  const balancer = (await readOutputs(aws.ssm, [path])).get(path) ?? "the load balancer's DNS name"
  const { hostname } = new URL(gateway)
  return `NOT VERIFIED: ${hostname} has no address yet. Make it a CNAME of ${balancer}; then
  npm run deploy -- --env ${env} --stack gateway
verifies it.`
}

function describeMissingWait(gateway: string): string {
  return `NOT TRIED: that a URL expires, as it lives longer than ${expiryWaitSeconds} s. With a key, and the seconds that its line names:
  npm run verify -- --gateway ${gateway} --key KEY --expiry-wait-seconds SECONDS`
}
