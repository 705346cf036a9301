import { once } from 'node:events'
import { pino } from 'pino'
import { test } from 'tap'
import type { CallContext } from '../../pipeline/process-once.ts'
import { startReconciler } from '../../triggers/start-reconciler.ts'

const logger = pino({ level: 'silent' })
const shortly = 0.001

test('it runs again and again, never two at a time, whatever one of them ends with', async (t) => {
  const enough = Promise.withResolvers<void>()
  let runs = 0
  let running = 0
  let most = 0
  const reconciler = start(async () => {
    most = Math.max(most, ++running)
    await new Promise(setImmediate)
    running--
    if (++runs === 4) enough.resolve()
    throw new Error('not this time')
  })
  await enough.promise
  await reconciler.close()
  t.equal(most, 1)
  const count = runs
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(runs, count, 'closed, it runs no more')
})

test('closed in mid-run, it tells the run to begin nothing more, and waits for it', async (t) => {
  const begun = Promise.withResolvers<void>()
  let hasEnded = false
  const reconciler = start(async (context) => {
    begun.resolve()
    if (context?.signal) await once(context.signal, 'abort')
    await new Promise(setImmediate)
    hasEnded = true
  })
  await begun.promise
  await reconciler.close()
  t.ok(hasEnded)
})

test('an interval of 0 turns the reconciler off', async (t) => {
  const reconciler = start(async () => void t.fail('must not run'), 0)
  await new Promise((resolve) => setTimeout(resolve, 20))
  await reconciler.close()
})

function start(reconcile: (context?: CallContext) => Promise<void>, intervalSeconds = shortly) {
  return startReconciler({ intervalSeconds, processor: { reconcile }, logger })
}
