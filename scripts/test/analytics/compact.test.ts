import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import t from 'tap'
import { readManifestTable } from '../../analytics/warehouse/read-manifest-table.ts'
import { connectStores } from '../../local/create-stores.ts'
import { startGlueDouble } from '../../testkit/compaction/start-glue-double.ts'
import { listenLocally } from '../../testkit/listen-locally.ts'
import { startStores } from './warehouse/start-stores.ts'

const program = fileURLToPath(new URL('../../analytics/compact.ts', import.meta.url))
const { dataDirectory, environment, putManifest } = await startStores(t)
const { s3, close } = connectStores(environment)
t.teardown(close)

function run(args: string[], variables: NodeJS.ProcessEnv = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { ...process.env, HASHGATE_DATA: dataDirectory, ...variables }
    const child = execFile(process.execPath, [program, ...args], { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

const listKeys = async () => {
  const list = new ListObjectsV2Command({ Bucket: environment.PROCESSED_BUCKET, Prefix: 'manifests/' })
  return ((await s3.send(list)).Contents ?? []).map(({ Key = '' }) => Key)
}

const imageOf = (letter: string) => letter.repeat(64)
const keyOf = (letter: string) => `manifests/day=2026-11-29/acme/${imageOf(letter)}.json`
const manifestOf = (letter: string) =>
  JSON.stringify({ tenant: 'acme', imageId: imageOf(letter), expiresAt: 4_000_000_000 })

t.test('without manifests the command does nothing', async (t) => {
  t.match(await run([]), { code: 0, stdout: 'There are no manifests.\n', stderr: '' })
})

t.test('the manifests of a running system are compacted, and an image is removed', async (t) => {
  await putManifest(keyOf('a'), manifestOf('a'))
  await putManifest(keyOf('b'), manifestOf('b'))
  await putManifest(keyOf('c'), '{')
  const { code, stdout } = await run([])
  t.equal(code, 0)
  t.match(stdout, /│ 2026-11-29 │ +2 │ +3 │ +1 │/)
  t.match(stdout, `the manifest of the image in its key: ${keyOf('c')}`)
  const [parquet] = (await listKeys()).filter((key) => key.endsWith('.parquet'))
  t.match(parquet, /^manifests\/parquet\/day=2026-11-29\/.*\/manifests\.parquet$/)

  t.match(await run(['--remove', `acme/${imageOf('a')}`]), { code: 0, stdout: /^Removed acme\/a+ from/ })
  t.match(await run(['--remove', `acme/${imageOf('a')}`]), {
    code: 0,
    stdout: /^There was no manifest of acme\/a+, and no Parquet file has it now\. Check the tenant/,
  })
  const keys = await listKeys()
  t.notOk(keys.includes(keyOf('a')))
  t.notOk(keys.includes(String(parquet)), 'the Parquet file that contained the image is deleted')
  t.match(await run([]), { stdout: /│ 2026-11-29 │ +1 │ +1 │ +1 │/ })
})

t.test('with --env the command uses the bucket and the Glue table that the stacks publish', async (t) => {
  const glue = await startGlueDouble(t, readManifestTable().StorageDescriptor.Columns)
  const outputs = {
    '/hashgate/prod/storage/processed-bucket': environment.PROCESSED_BUCKET,
    '/hashgate/prod/analytics/glue-database': 'hashgate_prod',
  }
  const parameters = createServer(async (request, response) => {
    const { Names } = JSON.parse(String(Buffer.concat(await request.toArray())))
    const Parameters = Object.entries(outputs)
      .filter(([Name]) => Names.includes(Name))
      .map(([Name, Value]) => ({ Name, Value }))
    response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify({ Parameters }))
  })
  const aws = {
    AWS_REGION: environment.AWS_REGION,
    AWS_ACCESS_KEY_ID: environment.AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY: environment.AWS_SECRET_ACCESS_KEY,
    AWS_ENDPOINT_URL_S3: environment.S3_ENDPOINT,
    AWS_ENDPOINT_URL_GLUE: glue.endpoint,
    AWS_ENDPOINT_URL_SSM: await listenLocally(t, parameters),
  }
  t.match(await run(['--env', 'prod'], aws), { code: 0, stdout: /│ 2026-11-29 │/, stderr: '' })
  const [, location] = Object.entries(glue.locations())[0] ?? []
  t.match(location, `s3://${environment.PROCESSED_BUCKET}/manifests/parquet/day=2026-11-29/`)
  t.match(await run(['--env', 'dev'], aws), {
    code: 1,
    stderr:
      /^\/hashgate\/dev\/storage\/processed-bucket does not exist in SSM\. Deploy the stack storage first/,
  })
})

t.test('each user error prints what to do', async (t) => {
  const wrong = /^--remove must be the tenant and the SHA-256 of an image, TENANT\/IMAGE, not /
  for (const image of ['acme', 'acme/123', `acme/${imageOf('a')}/x`, `Acme/${imageOf('a')}`]) {
    t.match(await run(['--remove', image]), { code: 1, stderr: wrong }, image)
  }
  t.match(await run(['--env', 'Prod!']), { code: 1, stderr: /^--env must be a name such as dev or prod/ })
  t.match(await run([], { HASHGATE_DATA: t.testdir({}) }), { code: 1, stderr: /^No system is running/ })
  t.match(await run(['--help']), { code: 0, stdout: /^Usage: npm run compact/ })
})
