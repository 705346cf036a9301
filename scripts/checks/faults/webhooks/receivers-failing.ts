/**
 * Delivers to five tenants: one receiver answers 500 to half of the requests, one resets half of the connections, one hangs, one is
 * down, and one is healthy. Before that, it delivers as many events to five healthy receivers, for comparison.
 */
import { deliverLoad, quantile } from './deliver-load.ts'
import { runWebhookFault } from './run-webhook-fault.ts'
import { startParty } from './start-party.ts'
import { startWebhookSystem } from './start-webhook-system.ts'

/** Retry delays of at most 1, 3, 9 … seconds instead of 5, 15, 45 …, so that the run ends in minutes. */
const settings = { WEBHOOK_RETRY_SECONDS: '1' }
const perSecond = 20
/** Largest accepted ratio of the healthy receiver's p99 to that of the comparison. */
const allowedGrowth = 1.2
/** Three minutes for 2,000 images, and less for fewer. */
const awayMsPerImage = 90
const hangMsPerImage = 45
/** Maximum failures of one event, because each retry delay is three times as long as the one before. */
const maxFailures = 4

const half = (reaction: 'fail' | 'reset') => (tries: number) =>
  tries <= maxFailures && Math.random() < 0.5 ? reaction : 'accept'

await runWebhookFault({ images: 2_000, seconds: 1_500 }, async (run) => {
  const system = await startWebhookSystem(run, settings)
  const load = { ...run, perSecond }
  // Joining the consumer group takes seconds, which must not affect the comparison.
  await deliverLoad(system, [await startParty(run, 'first')], { ...load, images: 20 })

  const calm = await Promise.all([1, 2, 3, 4, 5].map((n) => startParty(run, `calm-${n}`)))
  const before = await deliverLoad(system, calm, load)
  run.say(`five fine receivers: ${describe([...before.latencies.values()].flat())}`)

  const hangsUntil = Date.now() + run.images * hangMsPerImage
  const parties = await Promise.all([
    startParty(run, 'fine'),
    startParty(run, 'failing', { react: half('fail') }),
    startParty(run, 'resetting', { react: half('reset') }),
    startParty(run, 'hanging', { react: () => (Date.now() < hangsUntil ? 'hang' : 'accept') }),
    startParty(run, 'away'),
  ])
  const isBack = parties[4]?.receiver.leave(run.images * awayMsPerImage)
  const after = await deliverLoad(system, parties, load)
  await isBack
  for (const [tenant, latencies] of after.latencies) run.say(`${tenant}: ${describe(latencies)}`)

  const calmP99 = quantile(
    [...before.latencies.values()].flat().sort((a, b) => a - b),
    0.99,
  )
  const fineP99 = quantile(after.latencies.get('fine') ?? [], 0.99)
  const isSlower = fineP99 > calmP99 * allowedGrowth
  return {
    expected: before.expected + after.expected,
    right: before.right + after.right,
    lost: before.expected + after.expected - before.right - after.right,
    repeated: before.repeated + after.repeated,
    remark: `p99 of the fine receiver ${fineP99} ms, and ${calmP99} ms when all are fine`,
    findings: [
      ...before.findings,
      ...after.findings,
      ...(isSlower ? ['the fine receiver is slowed down by the others'] : []),
    ],
  }
})

function describe(latencies: number[]): string {
  const sorted = latencies.toSorted((a, b) => a - b)
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => quantile(sorted, share))
  return `${sorted.length} events, p50 ${p50} ms, p99 ${p99} ms, slowest ${max} ms`
}
