import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import { pollUntil } from '../../../../scripts/testkit/poll-until.ts'
import { prepareFile } from '../../../packages/cli/src/upload/prepare-file.ts'
import {
  formatFileLine,
  formatTotalLine,
  showProgress,
} from '../../../packages/cli/src/upload/show-progress.ts'

const options = {
  barsize: 4,
  barGlue: '',
  barCompleteString: '████',
  barIncompleteString: '░░░░',
}
const at = (value: number, total: number) => ({ value, total, progress: value / total }) as never

t.test('the progress lines have the counts, the percentage and the name', async (t) => {
  const total = (sentBytes: number, sending: number) =>
    formatTotalLine(options, at(3, 12), { sentBytes, sending })
  t.equal(total(0, 0).trimEnd(), ' █░░░  3/12 files  0 B sent')
  t.equal(total(1500, 2), ' █░░░  3/12 files  1.5 kB sent  2 sending')
  t.equal(total(1500, 0), ' █░░░  3/12 files  1.5 kB sent  waiting for processing')
  t.equal(formatFileLine(options, at(500, 1000), { name: 'a.jpg' }), ' ██░░  50%    1.0 kB  a.jpg')
  t.equal(formatFileLine(options, at(0, 1), { name: '' }), '', 'an unused line is empty')
})

t.test('bytes that the store already had or refused are not counted as sent', async (t) => {
  const written: string[] = []
  t.capture(process.stderr, 'write', (text: string) => written.push(text))
  t.intercept(process.stderr, 'isTTY', { value: true, configurable: true })
  const directory = t.testdir({ 'a\u001b[2J.png': Buffer.alloc(3_000) })
  const file = await prepareFile(join(directory, 'a\u001b[2J.png'))
  const progress = showProgress(3)
  for (const storedBytes of [3_000, 0, 0]) {
    const sending = progress.onSending(file)
    sending.sent(3_000)
    sending.end(storedBytes)
  }
  await pollUntil(() => written.some((text) => text.includes('3.0 kB sent')))
  progress.stop()
  t.notOk(
    written.some((text) => /[69]\.0 kB sent/.test(text)),
    'the bar and the summary show the same number',
  )
  t.notMatch(written.join(''), 'a\u001b[2J', 'control characters of a file name are escaped')
})

t.test('lines are reused, and all are cleared at the end', async (t) => {
  const written: string[] = []
  t.capture(process.stderr, 'write', (text: string) => written.push(text))
  t.intercept(process.stderr, 'isTTY', { value: true, configurable: true })
  const path = join(t.testdir({ 'a.png': 'bytes' }), 'a.png')
  const file = await prepareFile(path)
  const progress = showProgress(2)
  for (const _ of [1, 2]) {
    const sending = progress.onSending(file)
    sending.sent(5)
    sending.end(5)
    progress.onDone()
  }
  progress.stop()
  t.equal(
    stripVTControlCharacters(written.join('')).trim(),
    '',
    'no bar is drawn for a run that ends at once',
  )
  t.ok(written.join('').endsWith('\u001b[0J'), 'the lines below are cleared last')
  t.ok(written.includes('\u001b[?25h'), 'the cursor is shown again')
})
