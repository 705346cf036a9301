/** Kills the gateway with SIGKILL under load. Every request that got a 2xx must have its record and its event. */
import { judge } from './evidence/judge.ts'
import { killRepeatedly } from './kill-repeatedly.ts'
import { runFault } from './run-fault.ts'
import { startFaultSystem } from './start-fault-system.ts'
import { startLoad } from './start-load.ts'

await runFault({ images: 500, seconds: 300 }, async (run) => {
  const system = await startFaultSystem(run)
  const load = startLoad({ ...system, ...run, atOnce: 24, perSecond: 20 })
  const stopKilling = killRepeatedly(system.gateway, [3_000, 6_000])
  await load.done.finally(async () => {
    run.say(`the gateway was killed ${await stopKilling()} times`)
  })
  return judge(run, system.evidence, load)
})
