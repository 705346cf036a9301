import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { startInProcess } from '../../../scripts/testkit/system/start-in-process.ts'
import { runHashgate, runUploadJson } from './run-hashgate.ts'

const system = await startInProcess(t)
const target = { gateway: system.gateway, key: system.key }
const runImages = (args: string[], options: Parameters<typeof runHashgate>[1]) =>
  runHashgate(['images', ...args], options)

const create = { width: 1600, height: 1200, channels: 3, background: 'teal' } as const
const photo = await sharp({ create }).jpeg().toBuffer()
let id = ''
let rejectedId = ''

await t.test('upload two images', async (t) => {
  const photos = t.testdir({ 'teal\u001b[2J.jpg': photo, 'broken.jpg': photo.subarray(0, 200) })
  const [rejected, ready] = (await runUploadJson([photos], target)).results
  t.match([rejected?.status, ready?.status], ['rejected', 'ready'])
  id = ready?.imageId ?? ''
  rejectedId = rejected?.imageId ?? ''
})

t.test('list prints whole ids, and control characters of file names are escaped', async (t) => {
  const { code, stdout, stderr } = await runImages(['list'], target)
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.match(stdout, new RegExp(`│ ${id} │ ready +│ +[\\d.]+ kB │ \\d{4}-.*Z │ teal\\\\u001b\\[2J\\.jpg +│`))
  t.match(stdout, new RegExp(`│ ${rejectedId} │ rejected`))
  t.match(stdout, /\n2 images\n$/)
  t.notOk(stdout.includes('\u001b'))
})

t.test('list --json prints one record per line, of one status or day', async (t) => {
  const list = async (...args: string[]) => {
    const { code, stdout } = await runImages(['list', '--json', ...args], target)
    t.equal(code, 0)
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  }
  t.match(await list('--status', 'ready'), [{ imageId: id, status: 'ready', fileName: 'teal\u001b[2J.jpg' }])
  t.equal((await list()).length, 2)
  const yesterday = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10)
  t.strictSame(await list('--day', yesterday), [])
})

t.test('list reports on stderr when there are more images than it lists', async (t) => {
  const { code, stdout, stderr } = await runImages(['list', '--limit', '1'], target)
  t.equal(code, 0)
  t.match(stdout, /\n1 image\n$/)
  t.equal(stderr, 'Only the newest 1 images are listed; --limit lists more.\n')
})

t.test('get prints the record as JSON', async (t) => {
  const { code, stdout } = await runImages(['get', id], target)
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { imageId: id, status: 'ready', width: 1600, height: 1200 })
})

t.test(
  'download writes the widest variant, or the named one, to a file named for the id and the variant',
  async (t) => {
    const directory = t.testdir({ out: {} })
    const run = (...args: string[]) => runImages(['download', id, ...args], { ...target, directory })
    const sizeOf = async (...path: string[]) => (await sharp(join(directory, ...path)).metadata()).width

    t.match(await run(), { code: 0, stdout: `${id}-large.webp\n`, stderr: '' })
    t.equal(await sizeOf(`${id}-large.webp`), 1600)
    t.match(await run('--variant', 'thumb', '--output', 'thumb.webp'), { code: 0, stdout: 'thumb.webp\n' })
    t.equal(await sizeOf('thumb.webp'), 256)
    t.match(await run('--variant', 'medium', '--output', 'out'), {
      code: 0,
      stdout: `out/${id}-medium.webp\n`,
    })
    t.equal(await sizeOf('out', `${id}-medium.webp`), 1024)
  },
)

t.test('download overwrites a file only with --force', async (t) => {
  const directory = t.testdir({ 'mine.webp': 'mine' })
  const file = join(directory, 'mine.webp')
  const args = ['download', id, '--variant', 'thumb', '--output', file]
  t.match(await runImages(args, target), {
    code: 1,
    stdout: '',
    stderr: `${file} was not written: it exists`,
  })
  t.equal(await readFile(file, 'utf8'), 'mine')
  t.match(await runImages([...args, '--force'], target), { code: 0 })
  t.equal((await sharp(file).metadata()).width, 256)
  t.strictSame(await readdir(directory), ['mine.webp'])
})

t.test('each error is one sentence with advice', async (t) => {
  const unknown = 'f'.repeat(64)
  const cases: [string[], RegExp][] = [
    [['get', id.slice(0, 12)], / ID must be the 64 hexadecimal digits/],
    [['get'], /^error: missing required argument 'id'/],
    [['get', unknown], /not/],
    [['download', rejectedId], /^The image [0-9a-f]{64} was rejected \(\w+\): /],
    [['download', id, '--variant', 'huge'], /has no variant "huge"\. It has: thumb, medium, large\./],
    [['download', id, '--output', '/nowhere/a.webp'], /^\/nowhere\/a\.webp was not written: ENOENT\./],
    [['list', '--day', 'today'], /day/],
    [['list', '--limit', '0'], /'--limit <n>' argument '0' is invalid\. It must be an integer of at least 1/],
  ]
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await runImages(args, target)
    t.match({ code, stdout }, { code: 1, stdout: '' }, args.join(' '))
    t.match(stderr, expected)
    const [, ...more] = stderr.trimEnd().split('\n')
    t.ok(more.length === 0 || more.join() === '(add --help for the usage)', stderr)
  }
})

t.test('--help of each command exits with 0; an unknown command exits with 1', async (t) => {
  t.match(await runImages(['-h'], {}), { code: 0, stdout: /^Usage: hashgate images(.|\n)*Exit codes: 0/ })
  t.match(await runImages(['list', '--help'], {}), { code: 0, stdout: /--status(.|\n)*HASHGATE_KEY/ })
  t.match(await runImages([], {}), { code: 1, stderr: /^Usage: hashgate images/ })
  t.match(await runImages(['toString'], {}), { code: 1, stderr: /^error: unknown command 'toString'/ })
})
