import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { namedSettings } from '../config.ts'
import { lockDirectory } from '../services/process/lock-directory.ts'
import { allStarted, type Backing, type StartBacking, type Stop } from './backing.ts'
import { ensureLocalKey } from './ensure-local-key.ts'
import { pickStore, readLocalSettings, writeLocalSettings } from './local-settings.ts'
import { startStandIns } from './start-stand-ins.ts'
import { supervise } from './supervise.ts'

export interface SystemOptions {
  /** Where everything is kept: objects, tables, logs, the development key. */
  dataDirectory: string
  /** Of the gateway. 0 picks a free one. */
  port: number
  /** What is under the system: stand-ins, unless one says so. */
  startBacking?: StartBacking
  /** Settings for the gateway and the processor, over the ones of a laptop. */
  settings?: Record<string, string>
  onRestart?: (name: string) => void
}

export type LocalSystem = Awaited<ReturnType<typeof startSystem>>

type OnStop = (stop: Stop) => void

/** Of the key: as much as one address may ask for. */
const defaultRatePerMinute = 6_000

const gatewayProgram = new URL('../../gateway/server.ts', import.meta.url)
const processorProgram = new URL('../../processor/worker.ts', import.meta.url)

/**
 * Starts the whole system on this machine: what is under it, and the gateway and the processor in processes of their
 * own. These are the ones of production; only their settings differ.
 * @throws Error with a sentence for people when a part cannot start; what had been started is stopped again
 */
export async function startSystem(options: SystemOptions) {
  const stops: Stop[] = []
  /** In the reverse order of the start: who uses a part stops before it. */
  async function close(): Promise<void> {
    for (const stop of stops.splice(0).reverse()) await stop()
  }

  try {
    return { ...(await startParts(options, (stop) => stops.push(stop))), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function startParts(options: SystemOptions, onStop: OnStop) {
  const { dataDirectory, startBacking = startStandIns } = options
  await mkdir(join(dataDirectory, 'logs'), { recursive: true, mode: 0o700 })
  onStop(await lockDirectory(dataDirectory))
  const backing = await startBacking(dataDirectory, onStop)
  const environment: Backing['environment'] = {
    ...backing.environment,
    HOST: '127.0.0.1',
    ...options.settings,
  }
  const key = await ensureLocalKey(environment, {
    lastKey: (await readLocalSettings(dataDirectory))?.key,
    requestsPerMinute: Number(environment.RATE_LIMIT_PER_MINUTE ?? defaultRatePerMinute),
  })
  const { gatewayUrl, adminUrl, ...programs } = await startPrograms(
    options,
    { ...backing, environment },
    onStop,
  )
  const url = gatewayUrl()
  const store = pickStore(environment)
  const processor = { ...environment, ...namedSettings(['VARIANTS', 'KEEP_LOCATION']) }
  await writeLocalSettings(dataDirectory, { gateway: url, key, store, processor })
  return { key, gatewayUrl: url, metricsUrl: `${adminUrl()}/metrics`, ...programs }
}

async function startPrograms(
  { dataDirectory, port, onRestart = () => {} }: SystemOptions,
  { environment, processorPort = 0, notifyTo = () => {} }: Backing,
  onStop: OnStop,
) {
  let gatewayUrl = `http://127.0.0.1:${port}`
  let adminUrl: string | undefined
  const logFile = (name: string) => join(dataDirectory, 'logs', `${name}.log`)
  const started = <T extends { stop: Stop }>(program: T) => {
    onStop(program.stop)
    return program
  }
  const [gateway, processor] = await allStarted([
    supervise({
      name: 'gateway',
      program: gatewayProgram,
      // Started again, it must be found where it was.
      environment: () => ({ ...environment, PORT: new URL(gatewayUrl).port || '80', ADMIN_PORT: '0' }),
      logFile: logFile('gateway'),
      onReady: (addresses) => {
        gatewayUrl = addresses.url
        adminUrl = addresses.adminUrl
      },
      onRestart,
    }).then(started),
    supervise({
      name: 'processor',
      program: processorProgram,
      // glibc keeps freed memory for each thread, and libvips frees much: without, it needs twice as much.
      environment: () => ({ MALLOC_ARENA_MAX: '1', ...environment, PORT: String(processorPort) }),
      logFile: logFile('processor'),
      onReady: ({ url }) => notifyTo(`${url}/s3-events`),
      onRestart,
    }).then(started),
  ])
  return { gateway, processor, gatewayUrl: () => gatewayUrl, adminUrl: () => adminUrl }
}
