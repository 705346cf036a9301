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

/** Longest wait for a URL to expire. */
const expiryWaitSeconds = 120

interface VerifyOptions {
  /** The gateway stack creates the DNS record. */
  hasZone: boolean
  resolve?: (hostname: string) => Promise<unknown>
  output?: NodeJS.WritableStream
}

/**
 * Verifies the deployment as two test tenants, whose keys are revoked at the end.
 * @returns whether every check passed; also true, with a notice, if the gateway's DNS record does not exist yet
 */
export async function verifyDeployment(
  deployment: Deployment,
  { hasZone, resolve = lookup, output = process.stdout }: VerifyOptions,
): Promise<boolean> {
  const { aws, env, say } = deployment
  const gateway = await readOutput(aws.ssm, env, 'edge/url')
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
  const path = `/hashgate/${env}/edge/dns-name`
  const balancer = (await readOutputs(aws.ssm, [path])).get(path) ?? "the load balancer's DNS name"
  const { hostname } = new URL(gateway)
  return `NOT VERIFIED: ${hostname} has no DNS record yet. Create a CNAME to ${balancer}, then run
  npm run deploy -- --env ${env} --stack gateway
to verify it.`
}

function describeMissingWait(gateway: string): string {
  return `NOT VERIFIED: the expiry of URLs, which takes longer than ${expiryWaitSeconds} s. To verify it, run this with a key and the seconds shown above:
  npm run verify -- --gateway ${gateway} --key KEY --expiry-wait-seconds SECONDS`
}
