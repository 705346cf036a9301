import { once } from 'node:events'
import { pino } from 'pino'
import { test } from 'tap'
import type { CallContext } from '../../pipeline/process-once.ts'
import type { Handle, TriggerEvent } from '../../triggers/create-handler.ts'
import { startReconciler } from '../../triggers/start-reconciler.ts'

const logger = pino({ level: 'silent' })
const shortly = 0.001

test('it runs again and again, never two at a time, whatever one of them ends with', async (t) => {
  const enough = Promise.withResolvers<void>()
  const events: TriggerEvent[] = []
  let running = 0
  let most = 0
  const reconciler = start(async (event) => {
    most = Math.max(most, ++running)
    await new Promise(setImmediate)
    running--
    if (events.push(event) === 4) enough.resolve()
    throw new Error('not this time')
  })
  await enough.promise
  await reconciler.close()
  t.equal(most, 1)
  t.strictSame(events[0], { source: 'aws.events' })
  const count = events.length
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(events.length, count, 'closed, it runs no more')
})

test('closed in mid-run, it tells the run to begin nothing more, and waits for it', async (t) => {
  const begun = Promise.withResolvers<void>()
  let hasEnded = false
  const reconciler = start(async (_, context) => {
    begun.resolve()
    if (context?.signal) await once(context.signal, 'abort')
    await new Promise(setImmediate)
    hasEnded = true
  })
  await begun.promise
  await reconciler.close()
  t.ok(hasEnded)
})

test('0 is never', async (t) => {
  const reconciler = start(async () => t.fail('must not run'), 0)
  await new Promise((resolve) => setTimeout(resolve, 20))
  await reconciler.close()
})

function start(
  run: (event: TriggerEvent, context?: CallContext) => Promise<unknown>,
  intervalSeconds = shortly,
) {
  return startReconciler({ intervalSeconds, handle: run as Handle, logger })
}
