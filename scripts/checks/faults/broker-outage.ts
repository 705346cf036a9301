/** Stops and restarts one Kafka broker of three under load, then all three, so that Kafka is completely unavailable. */
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
/** Time between the end of the stop and the start. */
const downMs = 5_000

/** Short times, so that the reconciler soon finds images whose triggers were lost. */
const settings = {
  LEASE_SECONDS: '10',
  DECODE_TIMEOUT_SECONDS: '7',
  RECONCILE_AFTER_SECONDS: '30',
  RECONCILE_INTERVAL_SECONDS: '5',
}

await runFault({ images: 2_000, seconds: 600 }, async (run) => {
  const system = await startFaultSystem(run, { settings })
  // If the run fails half-way, the brokers must not stay stopped.
  run.onStop(() => upServices(layout, { names: brokers }))

  const load = startLoad({ ...system, ...run, atOnce: 32, perSecond: 30 })
  await waitUntil(() => load.stored.size >= run.images / 10, run.signal)
  await restart(run, ['kafka-2'])
  await waitUntil(() => load.stored.size >= run.images / 2, run.signal)
  await restart(run, brokers)
  return judge(run, system.evidence, load)
})

async function restart({ say, signal }: FaultRun, names: string[]): Promise<void> {
  say(`stopping ${names.join(', ')}`)
  await downServices(layout, names)
  say(`${names.join(', ')} stopped`)
  await sleep(downMs, undefined, { signal }).catch(() => {})
  await upServices(layout, { names })
  say(`${names.join(', ')} restarted`)
}
