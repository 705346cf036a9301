/** Kills the worker with SIGKILL every few seconds while images arrive. The restarted worker has no state of the images in progress. */
import { judge } from './evidence/judge.ts'
import { killRepeatedly } from './kill-repeatedly.ts'
import { runFault } from './run-fault.ts'
import { startFaultSystem } from './start-fault-system.ts'
import { startLoad } from './start-load.ts'

/** A lease just long enough for one image, as interrupted images wait for their lease to expire. */
const settings = {
  LEASE_SECONDS: '4',
  DECODE_TIMEOUT_SECONDS: '3',
  RECONCILE_AFTER_SECONDS: '5',
  RECONCILE_INTERVAL_SECONDS: '2',
}

await runFault({ images: 500, seconds: 420 }, async (run) => {
  const system = await startFaultSystem(run, { settings })
  const load = startLoad({ ...system, ...run, perSecond: 20 })
  const stopKilling = killRepeatedly(system.processor, [2_000, 4_000])
  await load.done.finally(async () => {
    run.say(`the worker was killed ${await stopKilling()} times`)
  })
  return judge(run, system.evidence, load)
})
