import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import { test } from 'tap'
import { createTestClock, type TestClock } from '../../../scripts/testkit/create-test-clock.ts'
import type { CallContext } from '../../pipeline/process-once.ts'
import { startReconciler } from '../../triggers/start-reconciler.ts'

const logger = pino({ level: 'silent' })
const intervalSeconds = 60

test('a run starts one interval after the last one ended, also after a failure', async (t) => {
  const clock = createTestClock(0)
  const starts: number[] = []
  const reconciler = start(clock, async () => {
    starts.push(clock.nowMs)
    clock.advance(90_000)
    throw new Error('the catalog is down')
  })
  for (let run = 0; run < 3; run++) {
    clock.advance(60_000)
    await nextTurn()
  }
  t.strictSame(starts, [60_000, 210_000, 360_000], 'a long run delays the next one')

  await reconciler.close()
  clock.advance(60_000)
  t.equal(starts.length, 3, 'no run starts after close')
})

test('close during a run aborts its signal and waits for its end', async (t) => {
  const clock = createTestClock(0)
  let hasEnded = false
  const reconciler = start(clock, async (context) => {
    if (context?.signal) await once(context.signal, 'abort')
    await nextTurn()
    hasEnded = true
  })
  clock.advance(60_000)
  await reconciler.close()
  t.ok(hasEnded)
  clock.advance(60_000)
})

test('an interval of 0 turns the reconciler off', async (t) => {
  const clock = createTestClock(0)
  const reconciler = start(clock, async () => void t.fail('must not run'), 0)
  clock.advance(60_000)
  await reconciler.close()
})

function start(
  { timers }: TestClock,
  reconcile: (context?: CallContext) => Promise<void>,
  seconds = intervalSeconds,
) {
  return startReconciler({ intervalSeconds: seconds, processor: { reconcile }, logger, timers })
}
