/**
 * Kills the worker that delivers webhooks with SIGKILL every few seconds. At first all receivers fail, so that the killed worker has a
 * backlog of retries.
 */
import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { killRepeatedly } from '../kill-repeatedly.ts'
import { deliverLoad } from './deliver-load.ts'
import { runWebhookFault } from './run-webhook-fault.ts'
import type { Reaction } from './start-receiver.ts'
import { startRecipient } from './start-recipient.ts'
import { startWebhookSystem } from './start-webhook-system.ts'

const settings = { WEBHOOK_RETRY_SECONDS: '1' }
const tenants = ['one', 'two', 'three', 'four', 'five']
const perSecond = 20
/** Minimum duration of the kills, so that small runs have several, too. */
const minKillingMs = 40_000

await runWebhookFault({ images: 2_000, seconds: 900 }, async (run) => {
  const system = await startWebhookSystem(run, settings)
  let isKilling = false
  const receiver = {
    react: (): Reaction => (isKilling ? 'accept' : 'fail'),
    delayMs: () => randomInt(20, 200),
  }
  const recipients = await Promise.all(tenants.map((tenant) => startRecipient(run, tenant, receiver)))

  const publishMs = (run.images / perSecond) * 1_000
  const delivering = deliverLoad(system, recipients, { ...run, perSecond })
  await Promise.race([delivering, sleep(publishMs / 2)])
  isKilling = true
  const stopKilling = killRepeatedly(system.worker, [4_000, 8_000])
  await sleep(Math.max(publishMs, minKillingMs))
  const kills = await stopKilling()
  const { expected, right, repeated, findings } = await delivering
  return {
    expected,
    right,
    lost: expected - right,
    repeated,
    remark: `killed ${kills} times`,
    findings: [...findings, ...(kills === 0 ? ['the worker was never killed'] : [])],
  }
})
