import { readFile } from 'node:fs/promises'
import t from 'tap'
import { checkRatio, readRecordedRatio } from '../../../bench/gateway/recorded-ratio.ts'

const title = 'gateway, stubs at the network edge'

t.test('reads the CPU ratio from the row of the server', async (t) => {
  const text = ['| other | 1 | 2 | 3 | 4 | 5 |', `| ${title} | 2345 | 0.250 | 160.1 | 3.70 | 0.98 |`].join(
    '\n',
  )
  t.equal(readRecordedRatio(text, title), 3.7)
})

t.test('docs/MEASURED.md has the row that the benchmark compares with', async (t) => {
  const text = await readFile(new URL('../../../../docs/MEASURED.md', import.meta.url), 'utf8')
  t.ok(readRecordedRatio(text, title) > 1)
})

t.test('a missing row or figure is an error', async (t) => {
  for (const text of ['', `| ${title} | 2345 |`, `| ${title} | a | b | c | d | e |`]) {
    t.throws(() => readRecordedRatio(text, title), { message: /has no CPU ratio/ })
  }
})

t.test('more than twice the recorded cost fails, as does a missing figure', async (t) => {
  t.doesNotThrow(() => checkRatio(1, 3.7))
  t.doesNotThrow(() => checkRatio(7.4, 3.7))
  t.throws(() => checkRatio(7.41, 3.7), { message: /A request costs 7.41 times the CPU of a bare route/ })
  t.throws(() => checkRatio(Number.NaN, 3.7))
})
