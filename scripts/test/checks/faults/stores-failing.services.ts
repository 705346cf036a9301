import t from 'tap'
import { runQuietly } from './run-quietly.ts'

t.test(
  'DynamoDB throttles, S3 slows down, for 20 seconds each: nothing is lost, nothing done twice',
  async (t) => {
    const { code, said, figures } = await runQuietly(t, 'stores-failing')
    t.strictSame(figures, { accepted: 500, ready: 500, lost: 0, duplicatedEffects: 0 })
    t.match(said, /DynamoDB answers again, after [1-9]\d* failed requests/)
    t.match(said, /S3 answers again, after [1-9]\d* failed requests/)
    t.equal(code, 0)
  },
)
