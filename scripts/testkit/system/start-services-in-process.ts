import type { Test } from 'tap'
import { startInProcess } from '../../local/start-in-process.ts'
import { chooseOwnNames, useOwnServices } from '../../local/use-own-services.ts'
import { readServicesEnvironment } from '../../services/env-file.ts'

/** Starts the whole system in this process on the real services, with unique resource names. */
export async function startServicesInProcess(t: Test) {
  const names = chooseOwnNames()
  const onStop = (stop: () => Promise<unknown>) => t.teardown(stop)
  const backing = await useOwnServices(names)(t.testdir({}), onStop)
  const environment = { ...(await readServicesEnvironment()), ...names }
  return startInProcess({ ...backing, environment, now: Date.now, storeNow: Date.now, onStop })
}
