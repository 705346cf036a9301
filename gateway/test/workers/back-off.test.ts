import t from 'tap'
import { createBackOff } from '../../workers/back-off.ts'

t.test(
  'the delay doubles with each failure up to 30 s, and starts again after a minute without one',
  async (t) => {
    const clock = { now: 0 }
    const nextDelay = createBackOff(() => clock.now)
    const delays = Array.from({ length: 10 }, () => {
      const delayMs = nextDelay()
      clock.now += delayMs
      return delayMs
    })
    t.same(delays, [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000])
    clock.now += 60_001
    t.equal(nextDelay(), 100)
  },
)
