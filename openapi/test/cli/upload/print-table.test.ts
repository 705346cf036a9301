import { stripVTControlCharacters } from 'node:util'
import t, { type Test } from 'tap'
import { formatBytes } from '../../../packages/cli/src/terminal/format-bytes.ts'
import { cutStart, printTable } from '../../../packages/cli/src/upload/print-table.ts'
import type { FileResult } from '../../../packages/cli/src/upload/upload-files.ts'

const ready: FileResult = {
  file: 'holiday/2026/a-long-name-for-a-photo.jpg',
  imageId: '0123456789abcdef'.repeat(4),
  result: 'uploaded',
  status: 'ready',
  uploadedBytes: 1_200_000,
  skippedBytes: 0,
  variants: ['thumb', 'medium', 'large'],
  ms: 1234,
}
const reason = 'image_corrupt: The image is damaged or cut off and cannot be decoded by any program.'
const rejected: FileResult = {
  ...ready,
  file: 'b.jpg',
  result: 'rejected',
  status: 'rejected',
  reason,
  variants: [],
}

function print(t: Test, columns?: number): string[] {
  const lines: string[] = []
  const capture = t.capture(console, 'log', (text: string) => lines.push(...text.split('\n')))
  printTable([ready, rejected], { fileCount: 3, uploadedBytes: 2_400_000, columns })
  capture.restore()
  return lines.map(stripVTControlCharacters)
}

t.test('the table fits the terminal', async (t) => {
  const lines = print(t, 80)
  t.ok(
    lines.every(({ length }) => length <= 80),
    lines.join('\n'),
  )
  t.match(lines.join('\n'), /…[\w/-]*-photo\.jpg +│ uploaded +│ thumb medium large │ 1234 │/)
  t.ok(lines.includes(`│   ${ready.imageId?.padEnd(74)} │`), 'the id is not shortened, on a separate line')
  t.equal(lines.filter((line) => line.startsWith('├')).length, 1, 'the only separator is below the head')
})

t.test('without a terminal, nothing is shortened', async (t) => {
  const text = print(t).join('\n')
  t.match(text, `│ holiday/2026/a-long-name-for-a-photo.jpg │ ${ready.imageId} │ uploaded`)
})

t.test('control characters of a file name or a reason are escaped', async (t) => {
  const lines: string[] = []
  const capture = t.capture(console, 'log', (text: string) => lines.push(text))
  printTable([{ ...rejected, file: 'a\u001b]0;title\u0007\u202egpj.jpg', reason: 'no\u001b[2J' }], {
    fileCount: 1,
    uploadedBytes: 0,
  })
  capture.restore()
  t.match(lines.join('\n'), 'a\\u001b]0;title\\u0007\\u202egpj.jpg')
  t.match(lines.join('\n'), 'no\\u001b[2J')
  for (const character of '\u0007\u001b\u202e') t.notOk(lines.join('\n').includes(character))
})

t.test('the table has reasons and a summary line', async (t) => {
  const lines = print(t, 80)
  const why = lines.filter((line) => /^│ +│ [^│]*│$/.test(line)).map((line) => line.split('│')[2]?.trim())
  t.equal(why.join(' '), reason)
  t.equal(lines.at(-1), '1 of 3 ready, 2.4 MB uploaded, 0 B already stored')
})

t.test('cutStart counts terminal columns', async (t) => {
  t.equal(cutStart('short', 5), 'short')
  t.equal(cutStart('abcdef', 5), '…cdef')
  t.equal(cutStart('日本語.jpg', 10), '日本語.jpg')
  t.equal(cutStart('日本語.jpg', 9), '…本語.jpg')
  t.equal(cutStart('日本語.jpg', 8), '…語.jpg', 'a wide character is not cut in half')
  t.equal(cutStart('e\u0301te\u0301', 3), 'e\u0301te\u0301')
})

t.test('formatBytes', async (t) => {
  const cases: [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [522_397, '522.4 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [5e12, '5.0 TB'],
    [5e15, '5000.0 TB'],
  ]
  for (const [bytes, text] of cases) t.equal(formatBytes(bytes), text)
})
