/**
 * Delivers to five tenants: one receiver answers 500 to half of the requests, one resets half of the connections, one hangs, one is
 * down, and one is healthy. Before that, it delivers as many events to five healthy receivers, for comparison.
 */
import { deliverLoad, quantile } from './deliver-load.ts'
import { runWebhookFault } from './run-webhook-fault.ts'
import { startRecipient } from './start-recipient.ts'
import { startWebhookSystem } from './start-webhook-system.ts'

/** Retry delays of at most 1, 3, 9 … seconds instead of 5, 15, 45 …, so that the run ends in minutes. */
const settings = { WEBHOOK_RETRY_SECONDS: '1' }
const perSecond = 20
/** Largest accepted ratio of the healthy receiver's p99 to that of the comparison. */
const allowedGrowth = 1.2
/** Three minutes for 2,000 images, and less for fewer. */
const downMsPerImage = 90
const hangMsPerImage = 45
/** Maximum failures of one event, because each retry delay is three times as long as the one before. */
const maxFailures = 4

const half = (reaction: 'fail' | 'reset') => (tries: number) =>
  tries <= maxFailures && Math.random() < 0.5 ? reaction : 'accept'

await runWebhookFault({ images: 2_000, seconds: 1_500 }, async (run) => {
  const system = await startWebhookSystem(run, settings)
  const load = { ...run, perSecond }
  // Joining the consumer group takes seconds, which must not affect the comparison.
  await deliverLoad(system, [await startRecipient(run, 'first')], { ...load, images: 20 })

  const comparison = await Promise.all([1, 2, 3, 4, 5].map((n) => startRecipient(run, `comparison-${n}`)))
  const before = await deliverLoad(system, comparison, load)
  run.say(`five healthy receivers: ${describe([...before.latencies.values()].flat())}`)

  const hangsUntil = Date.now() + run.images * hangMsPerImage
  const recipients = await Promise.all([
    startRecipient(run, 'healthy'),
    startRecipient(run, 'failing', { react: half('fail') }),
    startRecipient(run, 'resetting', { react: half('reset') }),
    startRecipient(run, 'hanging', { react: () => (Date.now() < hangsUntil ? 'hang' : 'accept') }),
    startRecipient(run, 'down'),
  ])
  const isBack = recipients[4]?.receiver.leave(run.images * downMsPerImage)
  const after = await deliverLoad(system, recipients, load)
  await isBack
  for (const [tenant, latencies] of after.latencies) run.say(`${tenant}: ${describe(latencies)}`)

  const comparisonP99 = quantile(
    [...before.latencies.values()].flat().sort((a, b) => a - b),
    0.99,
  )
  const healthyP99 = quantile(after.latencies.get('healthy') ?? [], 0.99)
  const isSlower = healthyP99 > comparisonP99 * allowedGrowth
  return {
    expected: before.expected + after.expected,
    right: before.right + after.right,
    lost: before.expected + after.expected - before.right - after.right,
    repeated: before.repeated + after.repeated,
    remark: `p99 of the healthy receiver ${healthyP99} ms, and ${comparisonP99} ms when all are healthy`,
    findings: [
      ...before.findings,
      ...after.findings,
      ...(isSlower ? ['the healthy receiver is slowed down by the others'] : []),
    ],
  }
})

function describe(latencies: number[]): string {
  const sorted = latencies.toSorted((a, b) => a - b)
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => quantile(sorted, share))
  return `${sorted.length} events, p50 ${p50} ms, p99 ${p99} ms, slowest ${max} ms`
}
