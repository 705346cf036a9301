import { mkdir, rm } from 'node:fs/promises'
import { relative } from 'node:path'
import { createStores } from '../local/create-stores.ts'
import { describeEnvironment } from './describe-environment.ts'
import { describeServices, pickServices } from './describe-services.ts'
import { writeEnvFile } from './env-file.ts'
import { assertTools } from './find-tool.ts'
import { bringUp } from './process/bring-up.ts'
import { lockDirectory } from './process/lock-directory.ts'
import type { Service } from './service.ts'
import type { ServicesLayout } from './services-layout.ts'
import { readOrCreateState, readState, type StateOptions } from './services-state.ts'

interface UpOptions extends StateOptions {
  /** Which services to start; all if empty. */
  names?: string[]
}

/**
 * Starts the services that are not running, and waits until all are ready.
 * @throws Error with the reason for each service that did not start; the others keep running
 */
export async function upServices(layout: ServicesLayout, { names = [], ...options }: UpOptions = {}) {
  const release = await lockDirectory(layout.root)
  try {
    // The logs of the previous run are no longer needed.
    if (!(await readState(layout))) await rm(layout.logs, { recursive: true, force: true })
    await mkdir(layout.logs, { recursive: true, mode: 0o700 })
    const state = await readOrCreateState(layout, options)
    const services = pickServices(describeServices(layout, state), names)
    assertTools(services)
    await bringUpAll(layout, services)
    if (names.length > 0) return
    const environment = describeEnvironment(layout, state)
    await createStores(environment)
    await writeEnvFile(layout.envFile, environment)
    console.log(`Settings written to ${relative(process.cwd(), layout.envFile)}`)
  } finally {
    await release()
  }
}

async function bringUpAll(layout: ServicesLayout, services: Service[]): Promise<void> {
  const outcomes = await Promise.allSettled(services.map((service) => bringUpAndReport(layout, service)))
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected')
  // Services with a shared preparation fail with the same error.
  const reasons = new Set(failures.map(({ reason }) => (reason as Error).message))
  if (reasons.size > 0) throw new Error([...reasons].join('\n\n'))
}

async function bringUpAndReport(layout: ServicesLayout, service: Service): Promise<void> {
  const startedAt = performance.now()
  const { record, wasRunning } = await bringUp(layout, service)
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  const outcome = wasRunning ? 'already running' : `ready after ${seconds} s`
  console.log(`${service.name.padEnd(9)} ${record.version.padEnd(8)} ${service.address}  ${outcome}`)
}
