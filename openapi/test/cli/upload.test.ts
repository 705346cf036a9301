import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { pollUntil } from '../../../scripts/testkit/poll-until.ts'
import { hashgateProgram, runHashgate, runUploadJson } from './run-hashgate.ts'
import { sha256, startFakeGateway } from './upload/start-fake-gateway.ts'

const runUpload = (args: string[], options: Parameters<typeof runHashgate>[1]) =>
  runHashgate(['upload', ...args], options)

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

t.test('the exit code is 1 when an image is not ready, and the table has the reason', async (t) => {
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
    const child = spawn(process.execPath, [hashgateProgram, ...target(fake), 'upload', directory])
    const errors = text(child.stderr)
    await pollUntil(() => fake.calls.some((call) => call.startsWith('GET')))
    child.kill(signal)
    const [code] = await once(child, 'close')
    t.equal(code, expected, signal)
    t.match(await errors, /^Interrupted\.[^\n]*\n$/)
  }
})

t.test('a closed stdout does not crash it', async (t) => {
  const fake = await startFakeGateway(t)
  const directory = t.testdir({ 'a.png': 'one', 'b.png': 'two' })
  const child = spawn(process.execPath, [hashgateProgram, 'upload', '--json', ...target(fake), directory])
  child.stdout.destroy()
  const errors = text(child.stderr)
  const [code] = await once(child, 'close')
  t.equal(code, 1, 'because the results of some files are unknown')
  t.equal(await errors, '')
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

t.test('a gateway that becomes unreachable is reported once, and stored bytes are counted', async (t) => {
  const fake = await startFakeGateway(t, {
    // The gateway stops responding after the last file has been stored.
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
  t.match(
    stderr,
    /^The gateway at \S+ cannot be reached( \(\w+\))?\. The run has stopped\. Run the same command again/,
  )
  t.equal(stderr.trimEnd().split('\n').length, 1, stderr)
  t.notMatch(stdout, 'cannot be reached')
  t.match(stdout, /^0 of 18 ready, [1-9]\d* B uploaded, 0 B already stored$/m)
})

t.test('the gateway and the key may be options, before the command or after it', async (t) => {
  const fake = await startFakeGateway(t)
  const directory = t.testdir({ 'a.png': 'one' })
  const elsewhere = { gateway: 'http://127.0.0.1:9', key: 'wrong' }
  t.match(await runHashgate([...target(fake), 'upload', directory], elsewhere), { code: 0 })
  t.match(await runHashgate(['upload', directory, ...target(fake)], elsewhere), { code: 0 })
  t.strictSame(new Set(fake.keys), new Set([fake.key]), 'options take precedence over the environment')
})

t.test('--key-file reads the key from a file or from stdin', async (t) => {
  const fake = await startFakeGateway(t)
  const directory = t.testdir({ 'a.png': 'one', key: `${fake.key}\n`, two: 'one\ntwo\n', empty: '' })
  const run = (path: string, input?: string) =>
    runUpload([join(directory, 'a.png'), '--key-file', path], { gateway: fake.gateway, input })
  t.match(await run(join(directory, 'key')), { code: 0 })
  t.match(await run('-', `${fake.key}\n`), { code: 0 })
  t.strictSame(new Set(fake.keys), new Set([fake.key]))
  t.match(await run(join(directory, 'none')), {
    code: 1,
    stderr: /^The key cannot be read from .*none \(ENOENT\)/,
  })
  const advice = /must contain one API key or token and nothing else\.\n$/
  t.match(await run(join(directory, 'two')), { code: 1, stderr: advice })
  t.match(await run(join(directory, 'empty')), { code: 1, stderr: advice })
  t.match(await run('-'), { code: 1, stderr: /^stdin must contain one API key/ })
})

t.test('a refused key and a gateway that is down end the run with one sentence', async (t) => {
  const directory = t.testdir({ 'a.png': 'one', 'b.png': 'two' })
  const refusing = await startFakeGateway(t, { refuse: () => 401 })
  t.strictSame(await runUpload([directory], refusing), {
    code: 1,
    stdout: '',
    stderr: 'The gateway does not accept the key. Check HASHGATE_KEY, --key or --key-file.\n',
  })
  // Nothing uses this system port, unlike a port that was free a moment ago.
  const gone = { gateway: 'http://127.0.0.1:2', key: 'k' }
  t.strictSame(await runUpload([directory], gone), {
    code: 1,
    stdout: '',
    stderr: `The gateway at ${gone.gateway} cannot be reached (ECONNREFUSED).\n`,
  })
})

t.test('each user error has a message with advice', async (t) => {
  const fake = await startFakeGateway(t)
  const file = join(t.testdir({ 'a.png': 'one' }), 'a.png')
  const cases: [string[], object, RegExp][] = [
    [[file], {}, /^No gateway: pass --gateway URL or set HASHGATE_GATEWAY\.$/],
    [
      [file],
      { gateway: fake.gateway },
      /^No key for the gateway at \S+: set HASHGATE_KEY, or pass --key-file/,
    ],
    [
      [file, '--gateway', 'here', '--key', 'k'],
      {},
      /^--gateway \(or .*\) must be a URL such as .*, not "here"\.$/,
    ],
    [
      [file, '--concurrency', 'many'],
      fake,
      /argument 'many' is invalid\. It must be an integer of at least 1\./,
    ],
    [
      [file, '--concurency', '2'],
      fake,
      /^error: unknown option '--concurency'\n\(Did you mean --concurrency\?\)/,
    ],
    [[], fake, /^error: missing required argument 'path'\n\(add --help for the usage\)$/],
  ]
  for (const [args, options, expected] of cases) {
    const { code, stdout, stderr } = await runUpload(args, options)
    t.strictSame({ code, stdout }, { code: 1, stdout: '' }, String(expected))
    t.match(stderr.trimEnd(), expected)
  }
  t.strictSame(fake.calls, [], 'the gateway was not called')
})

t.test('--help and --version exit with 0; no command exits with 1', async (t) => {
  t.match(await runHashgate(['--help']), { code: 0, stdout: /^Usage: hashgate(.|\n)*upload(.|\n)*images/ })
  t.match(await runUpload(['-h'], {}), { code: 0, stdout: /^Usage: hashgate upload(.|\n)*Exit codes: 0/ })
  t.match(await runHashgate(['help', 'upload']), { code: 0, stdout: /list of\s+processes|in the\s+list/ })
  t.match(await runHashgate(['--version']), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ })
  t.match(await runHashgate([]), { code: 1, stdout: /^Usage: hashgate/ })
})

function target({ gateway, key }: { gateway: string; key: string }): string[] {
  return ['--gateway', gateway, '--key', key]
}
