/** One Kafka broker of three is stopped and started again under load; then all three, so that there is no Kafka at all. */
import { setTimeout as sleep } from 'node:timers/promises'
import { downServices } from '../../services/down-services.ts'
import { servicesLayout } from '../../services/services-layout.ts'
import { upServices } from '../../services/up-services.ts'
import { judge } from './evidence/judge.ts'
import { type FaultRun, runFault } from './run-fault.ts'
import { startFaultSystem } from './start-fault-system.ts'
import { startLoad } from './start-load.ts'
import { waitUntil } from './wait-until.ts'

const layout = servicesLayout()
const brokers = ['kafka-1', 'kafka-2', 'kafka-3']
/** How long they stay away, on top of the time that it takes them to end and to begin. */
const awayMs = 5_000

/** What no trigger tells again is found by the reconciler; in production minutes later. */
const settings = {
  LEASE_SECONDS: '10',
  DECODE_TIMEOUT_SECONDS: '7',
  RECONCILE_AFTER_SECONDS: '30',
  RECONCILE_INTERVAL_SECONDS: '5',
}

await runFault({ images: 2_000, seconds: 600 }, async (run) => {
  const system = await startFaultSystem(run, { settings })
  // Stopped for good, the brokers would be missed by the next one who comes.
  run.onStop(() => upServices(layout, { names: brokers }))

  const load = startLoad({ ...system, ...run, atOnce: 32, perSecond: 30 })
  await waitUntil(() => load.stored.size >= run.images / 10, run.signal)
  await stopAndStart(run, ['kafka-2'])
  await waitUntil(() => load.stored.size >= run.images / 2, run.signal)
  await stopAndStart(run, brokers)
  return judge(run, system.evidence, load)
})

async function stopAndStart({ say, signal }: FaultRun, names: string[]): Promise<void> {
  say(`stopping ${names.join(', ')}`)
  await downServices(layout, names)
  say(`${names.join(', ')} stopped`)
  await sleep(awayMs, undefined, { signal }).catch(() => {})
  await upServices(layout, { names })
  say(`${names.join(', ')} run again`)
}
