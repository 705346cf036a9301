import t from 'tap'
import { type ProblemCode, problems } from '../../http/problems.ts'

const codes = Object.keys(problems) as ProblemCode[]

t.test('server errors and rate limits can be retried, client errors cannot', async (t) => {
  t.ok(codes.length > 10)
  for (const code of codes) {
    const { status, retryable } = problems[code]
    if (status >= 500 || status === 429) t.equal(retryable, true, code)
    if ([400, 401, 404, 413, 415].includes(status)) t.equal(retryable, false, code)
  }
})

t.test('no two problems have the same title', async (t) => {
  t.equal(new Set(codes.map((code) => problems[code].title)).size, codes.length)
})
