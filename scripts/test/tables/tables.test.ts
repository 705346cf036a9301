import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import t from 'tap'
import { startTestDynamoDb } from '../../testkit/start-test-dynamodb.ts'

const program = fileURLToPath(new URL('../../tables.ts', import.meta.url))

function runTables(environment: Record<string, string>) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
    const env = {
      PATH: process.env.PATH,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...environment,
    }
    const child = execFile(process.execPath, [program], { env }, (_, stdout, stderr) =>
      done({ code: child.exitCode, stdout, stderr }),
    )
  })
}

t.test('creates the tables once', async (t) => {
  const { endpoint, client } = await startTestDynamoDb(t)
  const environment = {
    DYNAMODB_ENDPOINT: endpoint,
    CATALOG_TABLE: 'my-images',
    KEYS_TABLE: 'my-keys',
    WEBHOOKS_TABLE: 'my-webhooks',
  }
  t.match(await runTables(environment), {
    code: 0,
    stdout: 'my-images: created\nmy-keys: created\nmy-webhooks: created\n',
    stderr: '',
  })
  const { Table: images } = await client.send(new DescribeTableCommand({ TableName: 'my-images' }))
  t.strictSame(images?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort(), [
    'byDay',
    'owing',
    'unfinished',
  ])
  const { Table: keys } = await client.send(new DescribeTableCommand({ TableName: 'my-keys' }))
  t.match(keys?.KeySchema, [{ AttributeName: 'keyId', KeyType: 'HASH' }])

  t.match(await runTables(environment), {
    code: 0,
    stdout: 'my-images: exists\nmy-keys: exists\nmy-webhooks: exists\n',
    stderr: '',
  })
})

t.test('names every setting that is missing or invalid', async (t) => {
  t.match(await runTables({ DYNAMODB_ENDPOINT: 'here' }), {
    code: 1,
    stdout: '',
    stderr: /^CATALOG_TABLE is not set\.\nKEYS_TABLE is not set\.\nDYNAMODB_ENDPOINT must be a URL .*\n$/,
  })
})
