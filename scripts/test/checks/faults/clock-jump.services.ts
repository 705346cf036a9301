import t from 'tap'
import { runQuietly } from './run-quietly.ts'

t.test(
  'eight days later: expired records are invisible although they are there, and images live anew',
  async (t) => {
    const { code, said, figures } = await runQuietly(t, 'clock-jump')
    t.strictSame(
      figures,
      { accepted: 100, ready: 100, lost: 0, duplicatedEffects: 0 },
      '50 images, two lives',
    )
    t.match(said, '0 of 50 records in the table are visible')
    t.equal(code, 0)
  },
)
