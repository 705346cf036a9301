import { startSystem } from '../../local/start-system.ts'
import { chooseOwnNames, useOwnServices } from '../../local/use-own-services.ts'
import type { ServicesOptions } from '../../local/use-services.ts'
import { readServicesEnvironment } from '../../services/env-file.ts'
import type { FaultRun } from './run-fault.ts'

/** One client asks for everything here; its images are small, and most of their time is waiting. */
const loadSettings = { RATE_LIMIT_PER_MINUTE: '1000000', IMAGES_IN_FLIGHT: '4' }

/**
 * Starts the gateway and the processor over the services, with names of their own. They end with the run. `evidence` says
 * where to look for what they have done.
 */
export async function startFaultSystem(
  { directory, say, onStop }: FaultRun,
  { settings, ...options }: ServicesOptions = {},
) {
  const names = chooseOwnNames()
  const system = await startSystem({
    dataDirectory: directory,
    port: 0,
    startBacking: useOwnServices(names, { ...options, settings: { ...loadSettings, ...settings } }),
  })
  onStop(system.close)
  say(`gateway and processor run, logs in ${directory}/logs`)
  return { ...system, evidence: { ...(await readServicesEnvironment()), ...names } }
}
