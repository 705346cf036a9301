/** Every S3 event comes three times and more, in no order, among Kafka events for the same images. */
import { readServicesEnvironment } from '../../services/env-file.ts'
import { announceAgain } from './announce-again.ts'
import { judge } from './evidence/judge.ts'
import { runFault } from './run-fault.ts'
import { startEventRepeater } from './start-event-repeater.ts'
import { startFaultSystem } from './start-fault-system.ts'
import { startLoad } from './start-load.ts'

await runFault({ images: 300, seconds: 300 }, async (run) => {
  const { S3_EVENT_URL } = await readServicesEnvironment()
  const repeater = await startEventRepeater(S3_EVENT_URL)
  run.onStop(repeater.close)
  const system = await startFaultSystem(run, { processorPort: 0, notifyTo: repeater.notifyTo })

  const load = startLoad({ ...system, ...run, perSecond: 30 })
  await load.done
  const [announced] = await Promise.all([announceAgain(system.evidence), repeater.repeatAll()])
  const { events, delivered } = repeater.counts()
  run.say(`${events} S3 events were delivered ${delivered} times, among ${announced} more Kafka events`)
  return judge(run, system.evidence, load)
})
