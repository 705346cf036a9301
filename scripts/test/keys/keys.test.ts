import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import t, { type Test } from 'tap'
import { createApiKeyTable } from '../../../core/api-keys/key-table.ts'
import { startLocalDynamoDb } from '../../local/start-local-dynamodb.ts'

const program = fileURLToPath(new URL('../../keys.ts', import.meta.url))

/** Creates a key table and a function that runs the command on it. */
async function setUp(t: Test) {
  const { endpoint, close } = await startLocalDynamoDb()
  t.teardown(close)
  const store = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    DYNAMODB_ENDPOINT: endpoint,
    KEYS_TABLE: 'keys',
  }
  const client = new DynamoDBClient({
    endpoint,
    region: store.AWS_REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  await createApiKeyTable(client, store.KEYS_TABLE)
  client.destroy()
  return { store, run: (...args: string[]) => runKeys(args, store) }
}

function runKeys(args: string[], environment: NodeJS.ProcessEnv) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...environment } }
    const child = execFile(process.execPath, [program, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

t.test('a key is displayed once, listed without its secret, and revoked', async (t) => {
  const { run } = await setUp(t)
  const made = await run(
    'create',
    '--tenant',
    'acme',
    '--rate',
    '60/min',
    '--expires',
    '90d',
    '--label',
    'app',
  )
  t.match(made, { code: 0, stdout: /^hg_[0-9a-f]{12}_[0-9a-f]{48}\n$/ }, 'stdout contains only the key')
  const [, keyId = '', secret = ''] = made.stdout.trim().split('_')
  t.match(JSON.parse(made.stderr), {
    audit: 'key.created',
    by: String,
    host: String,
    time: /^20/,
    principal: keyId,
    tenant: 'acme',
    scopes: ['upload', 'read'],
  })
  t.notMatch(made.stderr, secret)

  const listed = await run('list', '--tenant', 'acme')
  for (const word of [keyId, 'acme', 'upload,read', '60/min', 'until 20', 'never', 'app']) {
    t.match(listed.stdout, word)
  }
  t.notMatch(listed.stdout, secret)
  t.notMatch((await run('list', '--tenant', 'other')).stdout, keyId)

  const revoked = await run('revoke', made.stdout.trim())
  t.match(revoked, { code: 0, stdout: new RegExp(`${keyId} is revoked`) })
  t.match(JSON.parse(revoked.stderr), { audit: 'key.revoked', principal: keyId, tenant: 'acme' })
  t.match((await run('list')).stdout, /revoked 20/)
  t.match(await run('revoke', keyId), { code: 1, stderr: /is already revoked/ })
})

t.test('each user error prints one line and changes nothing', async (t) => {
  const { run } = await setUp(t)
  const mistakes: [string[], RegExp][] = [
    [['create'], /^--tenant is required.*\n$/],
    [['create', '--tenant', 'A B'], /^--tenant is required.*\n$/],
    [['create', '--tenant', 'manifests'], /^--tenant is required.*\n$/],
    [['create', '--tenant', 'a', '--scopes', 'all'], /^--scopes takes.*\n$/],
    [['create', '--tenant', 'a', '--rate', 'fast'], /^--rate takes.*\n$/],
    [['create', '--tenant', 'a', '--expires', 'never'], /^--expires takes.*\n$/],
    [['revoke', 'nobody'], /^Key "nobody" does not exist.*\n$/],
    [['revoke'], /^No key id given.*\n$/],
    [['list', '--unknown'], /^Unknown option.*\n$/],
  ]
  for (const [args, stderr] of mistakes)
    t.match(await run(...args), { code: 1, stdout: '', stderr }, args.join(' '))
  t.notMatch((await run('list')).stdout, /valid|until/)
})

t.test('without settings, the command uses the keys of the local system if one is running', async (t) => {
  const { store } = await setUp(t)
  const local = { gateway: 'http://127.0.0.1:1', key: 'hg', store }
  const directory = t.testdir({ '.data': {} })
  const environment = { HASHGATE_DATA: join(directory, '.data') }
  const alone = await runKeys(['list'], environment)
  t.match(alone, { code: 1, stderr: /^No table of keys.*npm start.*\n$/ })
  await writeFile(join(directory, '.data', 'local.json'), JSON.stringify(local))
  t.match(await runKeys(['create', '--tenant', 'acme'], environment), { code: 0, stdout: /^hg_/ })
  t.match((await runKeys(['list'], environment)).stdout, /acme/)
})
