import t from 'tap'
import { runQuietly } from './run-quietly.ts'

t.test('DynamoDB and S3 fail for 20 seconds each: no image is lost and no effect duplicated', async (t) => {
  const { code, output, figures } = await runQuietly(t, 'stores-failing')
  t.strictSame(figures, { accepted: 500, ready: 500, lost: 0, duplicatedEffects: 0 })
  t.match(output, /DynamoDB recovered after [1-9]\d* failed requests/)
  t.match(output, /S3 recovered after [1-9]\d* failed requests/)
  t.equal(code, 0)
})
