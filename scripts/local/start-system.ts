import { randomBytes } from 'node:crypto'
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
  /** Directory for objects, tables, logs and the development key. */
  dataDirectory: string
  /** Port of the gateway. 0 picks a free one. */
  port: number
  /** Starts S3, DynamoDB and Kafka; the default is the stand-ins. */
  startBacking?: StartBacking
  /** Settings for the gateway and the processor that override the defaults of this machine. */
  settings?: Record<string, string>
  onRestart?: (name: string) => void
}

export type LocalSystem = Awaited<ReturnType<typeof startSystem>>

type OnStop = (stop: Stop) => void

/** Rate of the development key; equal to the default rate of one address. */
const defaultRatePerMinute = 6_000

const gatewayProgram = new URL('../../gateway/server.ts', import.meta.url)
const processorProgram = new URL('../../processor/worker.ts', import.meta.url)

/**
 * Starts the whole system on this machine: S3, DynamoDB and Kafka, and the gateway and the processor in separate
 * processes. Both run the same code as in production; only their settings differ.
 * @throws Error when a part cannot start; the parts already started are stopped
 */
export async function startSystem(options: SystemOptions) {
  const stops: Stop[] = []
  /** Stops the parts in reverse order, so that each stops before the parts it uses. */
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
    // A page under development is served from another port of this machine.
    CORS_ORIGINS: 'loopback',
    // A receiver under development listens on this machine.
    WEBHOOK_ALLOW_NETWORKS: '127.0.0.0/8,::1',
    READ_TOKEN_SECRET: randomBytes(32).toString('hex'),
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
  { environment, logins, processorPort = 0, notifyTo = () => {} }: Backing,
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
      // A restarted gateway must listen on the same port.
      environment: () => ({
        ...environment,
        ...logins?.gateway,
        PORT: new URL(gatewayUrl).port || '80',
        ADMIN_PORT: '0',
      }),
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
      // glibc caches freed memory per thread, and libvips frees much. Without this limit, the processor needs twice the memory.
      environment: () => ({
        MALLOC_ARENA_MAX: '1',
        ...environment,
        ...logins?.processor,
        PORT: String(processorPort),
      }),
      logFile: logFile('processor'),
      onReady: ({ url }) => notifyTo(`${url}/s3-events`),
      onRestart,
    }).then(started),
  ])
  return { gateway, processor, gatewayUrl: () => gatewayUrl, adminUrl: () => adminUrl }
}
