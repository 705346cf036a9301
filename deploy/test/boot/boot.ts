/**
 * `node boot.ts FOLDER` boots a gateway from FOLDER/user-data, FOLDER/boot.sh and FOLDER/artefact.zip and prints the result as JSON.
 * Run it in new network, mount and process namespaces, so that every process it starts ends with it.
 */
import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeMachine } from './make-machine.ts'
import { startAws } from './start-aws.ts'

/** The result of a boot. The text of a missing file is empty. */
export interface Boot {
  exitCode: number
  output: string
  /** The calls of the stubs with their arguments, in order. */
  calls: string[]
  readiness?: { httpStatus: number; body: unknown }
  metrics: string
  /** `/proc/‹pid›/status` of the gateway. */
  process: string
  logMode: string
  log: string
  unit: string
  /** Settings of the CloudWatch agent. */
  agent: string
}

const run = promisify(execFile)
const [folder = ''] = process.argv.slice(2)
const root = join(folder, 'machine')
const userData = await readFile(join(folder, 'user-data'), 'utf8')
const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(userData)?.[1] ?? ''

await run('ip', ['link', 'set', 'lo', 'up'])
const environment = await startAws(folder, {
  AWS_REGION: setting('AWS_REGION'),
  RAW_BUCKET: setting('RAW_BUCKET'),
  PROCESSED_BUCKET: setting('PROCESSED_BUCKET'),
  CATALOG_TABLE: setting('CATALOG_TABLE'),
  KEYS_TABLE: setting('KEYS_TABLE'),
})
const files = { 'boot.sh': join(folder, 'boot.sh'), 'artefact.zip': join(folder, 'artefact.zip') }
await makeMachine(root, { files, userData, environment })

const env = { PATH: '/usr/sbin:/usr/bin', LANG: 'C' }
const end = await run('chroot', [root, '/user-data'], { env, maxBuffer: 8 * 1024 ** 2 }).then(
  ({ stdout, stderr }) => ({ exitCode: 0, output: stdout + stderr }),
  ({ code, stdout, stderr }) => ({ exitCode: Number(code), output: stdout + stderr }),
)
const read = (path: string) => readFile(join(root, path), 'utf8').catch(() => '')
const pid = (await read('gateway.pid')).trim()
const ask = (url: string) => fetch(url).catch(() => undefined)
const ready = await ask('http://127.0.0.1:3000/readyz')
const metrics = await ask('http://127.0.0.1:9464/metrics')

const boot: Boot = {
  ...end,
  calls: (await read('calls.log')).split('\n').filter(Boolean),
  ...(ready && { readiness: { httpStatus: ready.status, body: await ready.json() } }),
  metrics: (await metrics?.text()) ?? '',
  process: pid && (await read(`proc/${pid}/status`)),
  logMode: await stat(join(root, 'var/log/hashgate')).then(
    ({ mode }) => (mode & 0o777).toString(8),
    () => '',
  ),
  log: await read('var/log/hashgate/gateway.log'),
  unit: await read('etc/systemd/system/hashgate-gateway.service'),
  agent: await read('etc/hashgate/agent.json'),
}
console.log(JSON.stringify(boot))
process.exit(0)
