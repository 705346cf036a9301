import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import tap, { test } from 'tap'
import type { FileReport } from '../../../checks/corpus/judge-file.ts'
import { startProcessor } from '../../../checks/corpus/start-processor.ts'
import { drawPicture } from '../../../testkit/hostile/draw-picture.ts'

const command = new URL('../../../checks/corpus.ts', import.meta.url).pathname

tap.setTimeout(300_000)

test('a folder is processed, compared and summarized', async (t) => {
  const jpeg = await drawPicture().jpeg().toBuffer()
  const folder = t.testdir({
    'good.jpg': jpeg,
    'damaged.jpg': jpeg.subarray(0, jpeg.length / 2),
    below: { 'deep.tif': await drawPicture().tiff({ compression: 'lzw' }).toBuffer() },
    'README.md': 'no image',
  })
  const { code, stdout } = await run('--no-browser', '--json', folder)
  t.equal(code, 0, 'a correct rejection is not flagged')
  const { summary, files } = JSON.parse(stdout)
  t.match(summary, { files: 3, ready: 2, compared: { geotiff: 1, LittleCMS: 1 }, flagged: [] })
  t.strictSame(Object.keys(summary.rejected), ['image_corrupt'])
  t.match(
    Object.fromEntries(files.map((report: FileReport) => [report.file.slice(folder.length + 1), report])),
    {
      'good.jpg': { outcome: 'ready', width: 96, height: 64, deltaE: 0, findings: [] },
      'damaged.jpg': { outcome: 'rejected', reason: 'image_corrupt', detail: /damaged/ },
      'below/deep.tif': { outcome: 'ready', deltaE: 0, reference: 'geotiff' },
    },
  )
})

test('an image that differs from its reference is flagged', async (t) => {
  const jpeg = await drawPicture(96, 64).jpeg().toBuffer()
  const grey = await drawPicture(96, 64)
    .composite([{ input: { create: greyBox }, left: 0, top: 32 }])
    .jpeg({ quality: 100 })
    .toBuffer()
  const folder = t.testdir({ 'sound.jpg': jpeg, 'half-grey.jpg': grey })
  const { code, stdout } = await run('--no-browser', folder)
  t.equal(code, 1)
  t.match(stdout, /2 files: 2 ready, 1 flagged/)
  t.match(stdout, /Flagged:\n {2}.*half-grey\.jpg: the lower \d+ % is the grey of missing data/)
})

test('a crash or a hang affects only one file', async (t) => {
  const program = new URL('./faulty-program.ts', import.meta.url).pathname
  // Only the hang takes this long.
  const processor = startProcessor(10, program)
  t.teardown(processor.stop)
  const first = await processor.processFile('ready')
  t.match(first, { outcome: 'ready' })
  t.match(await processor.processFile('crash'), { detail: 'The process ended with code 7.' })
  const second = await processor.processFile('ready')
  t.match(second, { outcome: 'ready' })
  t.not(second.width, first.width, 'by another process')
  t.match(await processor.processFile('hang'), { detail: 'No result within 10 s.' })
  t.match(await processor.processFile('ready'), { outcome: 'ready' })
})

test('a path without files and an invalid number are reported', async (t) => {
  const empty = t.testdir()
  t.match(await run(empty), { code: 1, stderr: `No file found at ${empty}.\n` })
  t.match(await run('--timeout', 'soon', empty), { code: 1, stderr: /--timeout must be an integer/ })
  t.match(await run('--help'), { code: 0, stdout: /^Usage: npm run test:corpus/ })
})

const greyBox = { width: 96, height: 32, channels: 3, background: '#808080' } as const

async function run(...args: string[]) {
  const child = spawn(process.execPath, [command, ...args])
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stdout, stderr }
}
