import { setTimeout } from 'node:timers/promises'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { documentClientOptions } from '../../core/aws-client-options.ts'
import { openKeyTable } from '../../core/key-table.ts'
import { createKey } from '../keys/create-key.ts'
import { verifySystem } from '../verify/verify-system.ts'
import type { Deployment } from './deployment.ts'
import { readOutput } from './read-outputs.ts'

const keyLifeSeconds = 3_600
const timeoutSeconds = 120

/**
 * Verifies what was deployed, as two tenants of its own, with keys that are revoked at the end.
 * @returns whether every promise is kept
 */
export async function verifyDeployment({ aws, env, say }: Deployment): Promise<boolean> {
  const gateway = await readOutput(aws.ssm, env, 'gateway/url')
  const table = await readOutput(aws.ssm, env, 'metadata/keys-table')
  const keys = openKeyTable(DynamoDBDocumentClient.from(aws.dynamoDb, documentClientOptions), table)

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
    return await verifySystem(
      {
        gateway,
        key: made[0].text,
        otherKey: made[1].text,
        timeoutSeconds,
        expiryWaitSeconds: 0,
        sleep: (seconds) => setTimeout(seconds * 1_000),
      },
      process.stdout,
    )
  } finally {
    for (const { key } of made) await keys.mark(key.keyId, 'revokedAt', Date.now())
  }
}
