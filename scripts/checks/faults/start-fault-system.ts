import { startSystem } from '../../local/start-system.ts'
import { chooseOwnNames, useOwnServices } from '../../local/use-own-services.ts'
import type { ServicesOptions } from '../../local/use-services.ts'
import { readServicesEnvironment } from '../../services/env-file.ts'
import type { FaultRun } from './run-fault.ts'

/**
 * One client sends all requests. Its images are small, so the worker mostly waits for I/O. The gateway sheds no load, because brokers that
 * start on the same machine make its event loop lag.
 */
export const loadSettings = {
  RATE_LIMIT_PER_MINUTE: '1000000',
  IMAGES_IN_FLIGHT: '4',
  MAX_EVENT_LOOP_DELAY_MS: '60000',
}

/**
 * Starts the gateway and the processor on the real services, with separate buckets, table and topics, and stops them with the run.
 * `evidence` holds the settings for reading what they stored.
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
  say(`gateway and processor started, logs in ${directory}/logs`)
  return { ...system, evidence: { ...(await readServicesEnvironment()), ...names } }
}
