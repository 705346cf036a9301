import { randomBytes } from 'node:crypto'
import { DeleteTableCommand, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Test } from 'tap'
import { type ApiKey, generateKey } from '../../api-keys/api-key.ts'
import { createApiKeyTable, createKeyTable } from '../../api-keys/key-table.ts'
import { documentClientOptions } from '../../aws/aws-client-options.ts'

/** Tests the table of API keys on any DynamoDB. */
export async function testKeyTableContract(
  t: Test,
  { name, ...config }: DynamoDBClientConfig & { name: string },
): Promise<void> {
  const client = new DynamoDBClient(config)
  const tableName = `keys-${randomBytes(4).toString('hex')}`
  await createApiKeyTable(client, tableName)
  t.teardown(async () => {
    await client.send(new DeleteTableCommand({ TableName: tableName }))
    client.destroy()
  })
  const keys = createKeyTable(DynamoDBDocumentClient.from(client, documentClientOptions), tableName)

  t.test(`${name}: the table is created once and is reachable`, async (t) => {
    await createApiKeyTable(client, tableName)
    await t.resolves(keys.ping())
  })

  t.test(`${name}: an added key is found and cannot be replaced`, async (t) => {
    const key = someKey({ label: 'for a test', expiresAt: '2027-01-01T00:00:00.000Z' })
    await keys.add(key)
    t.strictSame(await keys.find(key.keyId), key)
    await t.rejects(keys.add({ ...someKey(), keyId: key.keyId }), {
      name: 'ConditionalCheckFailedException',
    })
    t.strictSame(await keys.find(key.keyId), key)
    t.equal(await keys.find('unknown'), undefined)
  })

  t.test(`${name}: of concurrent calls, one sets a time, which then stays`, async (t) => {
    const key = someKey()
    await keys.add(key)
    for (const field of ['firstUsedAt', 'revokedAt'] as const) {
      const marks = await Promise.all([1_000, 2_000, 3_000].map((ms) => keys.mark(key.keyId, field, ms)))
      t.equal(marks.filter(Boolean).length, 1, field)
      const winner = new Date(1_000 * (marks.indexOf(true) + 1)).toISOString()
      t.equal((await keys.find(key.keyId))?.[field], winner)
    }
    t.equal(await keys.mark('unknown', 'revokedAt', 0), false, 'marking an unknown key does not create it')
    t.equal(await keys.find('unknown'), undefined)
  })

  t.test(`${name}: lists a tenant’s keys, oldest first`, async (t) => {
    const tenant = `tenant-${randomBytes(4).toString('hex')}`
    const younger = someKey({ tenant, createdAt: '2026-11-02T00:00:00.000Z' })
    const older = someKey({ tenant, createdAt: '2026-11-01T00:00:00.000Z' })
    for (const key of [younger, older, someKey()]) await keys.add(key)
    t.strictSame(await keys.list(tenant), [older, younger])
    t.ok((await keys.list()).length >= 3)
  })
}

function someKey(said: Partial<ApiKey> = {}): ApiKey {
  const { keyId, secretHash } = generateKey()
  const createdAt = '2026-11-22T10:00:00.000Z'
  return { keyId, secretHash, tenant: 'local', scopes: ['read'], requestsPerMinute: 60, createdAt, ...said }
}
