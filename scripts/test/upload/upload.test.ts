import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { pollUntil } from '../../testkit/poll-until.ts'
import { runUpload, runUploadJson } from '../../testkit/system/run-upload.ts'
import { sha256, startFakeGateway } from './start-fake-gateway.ts'

const root = resolve(import.meta.dirname, '../../..')
const program = fileURLToPath(new URL('../../upload.ts', import.meta.url))

t.test('--json prints one line per file; the exit code is 0 when all are ready', async (t) => {
  const fake = await startFakeGateway(t)
  const directory = t.testdir({ 'a.png': 'one', 'b.png': 'two', 'c.png': 'one' })
  const first = await runUploadJson([directory], fake)
  t.equal(first.code, 0)
  t.equal(first.stderr, '')
  t.match(first.results, [{ file: /a\.png$/ }, { file: /b\.png$/ }, { file: /c\.png$/ }])
  t.strictSame(first.results.map(({ result }) => result).sort(), ['duplicate', 'uploaded', 'uploaded'])
  const { file, ms, ...b } = first.results[1] ?? {}
  t.type(ms, 'number')
  t.strictSame(b, {
    imageId: sha256('two'),
    result: 'uploaded',
    status: 'ready',
    uploadedBytes: 3,
    skippedBytes: 0,
    variants: ['thumb'],
  })

  const second = await runUploadJson([directory], fake)
  t.equal(second.code, 0)
  t.ok(second.results.every(({ result, uploadedBytes }) => result === 'duplicate' && uploadedBytes === 0))
})

t.test('the exit code is 1 when an image is not ready, and the table says why', async (t) => {
  const fake = await startFakeGateway(t, {
    verdict: ({ fileName }) => (fileName === 'bad.png' ? 'rejected' : 'ready'),
  })
  const directory = t.testdir({ 'bad.png': 'one', 'good.png': 'two', 'note.txt': 'a text' })
  const { code, stdout, stderr } = await runUpload([directory, join(directory, 'note.txt')], fake)
  t.equal(code, 1)
  t.equal(stderr, '')
  t.match(stdout, /bad\.png +│ [0-9a-f]{64} │ rejected +│/)
  t.match(stdout, 'image_corrupt: It is damaged.')
  t.match(stdout, /good\.png +│ [0-9a-f]{64} │ uploaded +│ thumb +│/)
  t.match(stdout, /note\.txt +│ +│ failed +│/)
  t.match(stdout, '1 of 3 ready, 6 B uploaded, 0 B already stored')
})

t.test('SIGINT and SIGTERM stop it at once, without a stack trace', async (t) => {
  const directory = t.testdir({ 'a.png': 'one' })
  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const fake = await startFakeGateway(t, { verdict: () => 'never' })
    const child = spawn(process.execPath, [program, '--gateway', fake.gateway, '--key', 'k', directory])
    const errors = Array.fromAsync(child.stderr.setEncoding('utf8'))
    while (!fake.calls.some((call) => call.startsWith('GET'))) await new Promise(setImmediate)
    child.kill(signal)
    const [code] = await once(child, 'close')
    t.equal(code, expected, signal)
    t.match((await errors).join(''), /^Interrupted\.[^\n]*\n$/)
  }
})

t.test('a closed stdout does not crash it', async (t) => {
  const fake = await startFakeGateway(t)
  const directory = t.testdir({ 'a.png': 'one', 'b.png': 'two' })
  const child = spawn(process.execPath, [
    program,
    '--json',
    '--gateway',
    fake.gateway,
    '--key',
    'k',
    directory,
  ])
  child.stdout.destroy()
  const errors = Array.fromAsync(child.stderr.setEncoding('utf8'))
  const [code] = await once(child, 'close')
  t.equal(code, 1, 'nobody knows whether all were ready')
  t.equal((await errors).join(''), '')
})

t.test('other files of a folder are named on stderr and do not count', async (t) => {
  const fake = await startFakeGateway(t)
  const directory = t.testdir({ 'a.png': 'one', 'b.mov': 'two', 'c.txt': 'three' })
  t.match(await runUpload([directory], fake), {
    code: 0,
    stderr: /^Skipped 2 files that are not .*: 1 \.mov \(b\.mov\), 1 \.txt \(c\.txt\)\.\n$/,
    stdout: /1 of 1 ready/,
  })
})

t.test(
  'paths are relative to where the user ran npm, and the local system is found from there',
  async (t) => {
    const fake = await startFakeGateway(t)
    const directory = t.testdir({
      'a.png': 'one',
      data: { 'local.json': JSON.stringify({ gateway: fake.gateway, key: fake.key }) },
    })
    const { code, stdout } = await promisify(execFile)(process.execPath, [program, '--json', 'a.png'], {
      // As npm does: the root of the project is the working directory, and INIT_CWD the user's.
      cwd: root,
      env: { ...process.env, INIT_CWD: directory, HASHGATE_DATA: 'data' },
    }).then(
      (output) => ({ code: 0, ...output }),
      (error) => error,
    )
    t.equal(code, 0)
    t.match(JSON.parse(stdout), { file: 'a.png', status: 'ready' })
  },
)

t.test('a gateway that goes away is reported once, and the bytes that were stored are counted', async (t) => {
  const fake = await startFakeGateway(t, {
    // Nothing is answered after the last file has been stored.
    verdict: async (): Promise<'never'> => {
      await pollUntil(() => fake.stored.size === 18)
      fake.vanish()
      return 'never'
    },
  })
  const names = Array.from({ length: 18 }, (_, index) => [`${index}.png`, `image ${index + 10}`])
  const directory = t.testdir(Object.fromEntries(names))
  const { code, stderr, stdout } = await runUpload([directory], fake)
  t.equal(code, 1)
  t.match(stderr, /^The gateway at \S+ cannot be reached\. The run has stopped\. Run the same command again/)
  t.equal(stderr.trimEnd().split('\n').length, 1, stderr)
  t.notMatch(stdout, 'cannot be reached')
  t.match(stdout, /^0 of 18 ready, [1-9]\d* B uploaded, 0 B already stored$/m)
})

t.test('each user error prints one line', async (t) => {
  const fake = await startFakeGateway(t)
  const directory = t.testdir({ 'a.png': 'one', '.data': { 'local.json': '{"gateway":' }, elsewhere: {} })
  const file = join(directory, 'a.png')
  const cases: [string[], object, RegExp][] = [
    [[file, '--gateway', 'here', '--key', 'k'], {}, /^--gateway must be a URL such as .*, not "here"/],
    [[file, '--concurrency', 'many'], fake, /^--concurrency must be an integer of at least 1, not "many"/],
    [[file], { directory }, /\.data\/local\.json cannot be read/],
    [
      [file, '--gateway', fake.gateway],
      { directory: join(directory, 'elsewhere') },
      /^No key for the gateway/,
    ],
  ]
  for (const [args, options, expected] of cases) {
    const { code, stderr } = await runUpload(args, options)
    t.equal(code, 1, String(expected))
    t.match(stderr.trimEnd(), expected)
    t.equal(stderr.trimEnd().split('\n').length, 1, stderr)
  }
  t.strictSame(fake.calls, [], 'nothing was asked')
})

t.test('-h, --help and --version exit with 0; no path exits with 1', async (t) => {
  t.match(await runUpload(['--help'], {}), { code: 0, stdout: /^Usage: npm run upload/ })
  t.match(await runUpload(['-h'], {}), { code: 0, stdout: /^Usage: npm run upload(.|\n)*Exit codes: 0/ })
  t.match(await runUpload(['--version'], {}), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ })
  t.match(await runUpload([], {}), { code: 1, stdout: /^Usage: npm run upload/ })
})
