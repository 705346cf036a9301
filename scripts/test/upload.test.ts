import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { startFakeGateway } from '../../openapi/test/cli/upload/start-fake-gateway.ts'
import { runImages, runUpload } from '../testkit/system/run-upload.ts'

const root = resolve(import.meta.dirname, '../..')
const program = fileURLToPath(new URL('../upload.ts', import.meta.url))

t.test(
  'paths are relative to where the user ran npm, and the local system is found from there',
  async (t) => {
    const fake = await startFakeGateway(t)
    const directory = t.testdir({
      'a.png': 'one',
      data: { 'local.json': JSON.stringify({ gateway: fake.gateway, key: fake.key }) },
    })
    const { stdout } = await promisify(execFile)(process.execPath, [program, '--json', 'a.png'], {
      // npm sets the working directory to the root of the project, and INIT_CWD to the user's directory.
      cwd: root,
      env: { ...process.env, INIT_CWD: directory, HASHGATE_DATA: 'data' },
    })
    t.match(JSON.parse(stdout), { file: 'a.png', status: 'ready' })
    t.strictSame(new Set(fake.keys), new Set([fake.key]))
  },
)

t.test('the local key is used with the local gateway only', async (t) => {
  const fake = await startFakeGateway(t)
  const local = JSON.stringify({ gateway: 'http://127.0.0.1:9', key: 'local' })
  const directory = t.testdir({ 'a.png': 'one', '.data': { 'local.json': local } })
  t.match(await runUpload([join(directory, 'a.png'), '--gateway', fake.gateway], { directory }), {
    code: 1,
    stderr: /^No key for the gateway at/,
  })
  t.strictSame(fake.calls, [])
})

t.test('without a system, or with unreadable settings, the error states what to do', async (t) => {
  const directory = t.testdir({ 'a.png': 'one', broken: { '.data': { 'local.json': '{"gateway":' } } })
  const file = join(directory, 'a.png')
  t.match(await runUpload([file], { directory }), {
    code: 1,
    stderr: 'No gateway: run "npm start" first, or pass --gateway URL or set HASHGATE_GATEWAY.\n',
  })
  t.match(await runUpload([file], { directory: join(directory, 'broken') }), {
    code: 1,
    stderr: /\.data\/local\.json cannot be read\. Run "npm start", or pass/,
  })
})

t.test('npm run images uses the local system, and accepts options before the command', async (t) => {
  const directory = t.testdir({
    '.data': { 'local.json': JSON.stringify({ gateway: 'http://127.0.0.1:9', key: 'k' }) },
  })
  const unreachable = { code: 1, stderr: /^The gateway at http:\/\/127\.0\.0\.1:9 cannot be reached/ }
  t.match(await runImages(['list'], { directory }), unreachable)
  t.match(await runImages(['list'], { gateway: 'http://127.0.0.1:9', key: 'other' }), unreachable)
})

t.test('-h, --help and --version exit with 0; no argument exits with 1', async (t) => {
  t.match(await runUpload(['--help'], {}), { code: 0, stdout: /^Usage: npm run upload -- / })
  t.match(await runUpload(['-h'], {}), { code: 0, stdout: /^Usage: npm run upload(.|\n)*Exit codes: 0/ })
  t.match(await runUpload(['--version'], {}), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ })
  t.match(await runUpload([], {}), { code: 1, stdout: /^Usage: npm run upload/ })
  t.match(await runImages(['-h'], {}), { code: 0, stdout: /^Usage: npm run images(.|\n)*Exit codes: 0/ })
  t.match(await runImages(['--version'], {}), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ })
  t.match(await runImages([], {}), { code: 1, stdout: /^Usage: npm run images/ })
})
