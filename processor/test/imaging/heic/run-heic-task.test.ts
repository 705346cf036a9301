import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import { test } from 'tap'
import { makeGrid } from '../../../../scripts/testkit/images/make-heic.ts'
import { classifyRenderError } from '../../../imaging/decode-errors.ts'
import { runHeicTask } from '../../../imaging/heic/run-heic-task.ts'
import { readHeicFile } from './heic-files.ts'

const bytes = readHeicFile('quadrants.heic')
const enough = 100_000_000
const limits = { decodeTimeoutSeconds: 300 }

test('a file that takes too long is rejected, and its thread ends', async (t) => {
  const before = countThreads()
  await t.rejects(runHeicTask('pixels', bytes, enough, { decodeTimeoutSeconds: 0 }), {
    name: 'Rejection',
    reason: 'processing_timeout',
  })
  t.equal(countThreads(), before)
})

test('when the image’s time is up, the thread is terminated with the reason', async (t) => {
  const before = countThreads()
  const controller = new AbortController()
  const work = runHeicTask('pixels', bytes, enough, { ...limits, signal: controller.signal })
  const reason = new Error('the image was not finished in time')
  controller.abort(reason)
  await t.rejects(work, reason)
  t.equal(countThreads(), before)
  await t.rejects(runHeicTask('pixels', bytes, enough, { ...limits, signal: controller.signal }), reason)
})

test('a file that needs more memory than it may have is rejected', async (t) => {
  const tiles = Array<Buffer>(900).fill(readHeicFile('red.heic'))
  const large = makeGrid(tiles, 64, 30, { width: 1_920, height: 1_920 })
  const work = runHeicTask('pixels', large, 17_500_000, limits)
  await t.rejects(work, { name: 'Rejection', reason: 'too_many_pixels', message: /more memory/ })
})

test('several files are decoded at the same time', async (t) => {
  const answers = await Promise.all([1, 2, 3].map(() => runHeicTask('pixels', bytes, enough, limits)))
  for (const { pixels } of answers) t.match(pixels, { width: 96, height: 64, channels: 3 })
})

const testedFile = '../../../imaging/heic/run-heic-task.ts'
type Tested = typeof import('../../../imaging/heic/run-heic-task.ts')

test('a thread that fails does not reject the file', async (t) => {
  const failures: [event: string, value: unknown][] = [
    ['error', new Error('its decoding options have version 9')],
    ['exit', 1],
  ]
  for (const [event, value] of failures) {
    class FailingWorker extends EventEmitter {
      constructor() {
        super()
        setImmediate(() => this.emit(event, value))
      }
      async terminate() {}
    }
    const mocks = { 'node:worker_threads': { Worker: FailingWorker } }
    const { runHeicTask } = await t.mockImport<Tested>(testedFile, mocks)
    const error = await runHeicTask('header', bytes, enough, limits).catch((error: unknown) => error)
    t.match(error, {
      name: 'HeicThreadFailed',
      message: /^the HEIC thread (failed: its decoding|ended with code 1)/,
    })
    t.equal(classifyRenderError(error), error, 'so that the image is retried')
  }
})

test('a library that cannot be read is read again for the next file', async (t) => {
  const failure = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' })
  let reads = 0
  const readOnceFailing = (path: string) => (++reads === 1 ? Promise.reject(failure) : readFile(path))
  const mocks = { 'node:fs/promises': { readFile: readOnceFailing } }
  const { runHeicTask } = await t.mockImport<Tested>(testedFile, mocks)
  await t.rejects(runHeicTask('header', bytes, enough, limits), failure)
  t.match(await runHeicTask('header', bytes, enough, limits), { header: { width: 96, height: 64 } })
})

function countThreads(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
}
