import t from 'tap'
import { runQuietly } from './run-quietly.ts'

t.test(
  'clock 8 days ahead: expired records are invisible before TTL deletes them, and images can be uploaded again',
  async (t) => {
    const { code, output, figures } = await runQuietly(t, 'clock-jump')
    t.strictSame(
      figures,
      { accepted: 100, ready: 100, lost: 0, duplicatedEffects: 0 },
      '50 images, two generations',
    )
    t.match(output, '0 of 50 records in the table are visible')
    t.equal(code, 0)
  },
)
