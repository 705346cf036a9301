import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { supervise } from '../../../local/supervise.ts'
import { readServicesEnvironment } from '../../../services/env-file.ts'
import type { FaultRun } from '../run-fault.ts'
import { startFaultProxy } from '../start-fault-proxy.ts'
import { startFaultSystem } from '../start-fault-system.ts'
import { clockFile } from './clock-file.ts'

/** Short times, so that the reconciler soon finds images whose triggers were lost. */
const shortTimes = {
  LEASE_SECONDS: '10',
  DECODE_TIMEOUT_SECONDS: '7',
  RECONCILE_AFTER_SECONDS: '15',
  RECONCILE_INTERVAL_SECONDS: '3',
}

const skewedClock = import.meta.resolve('./skewed-clock.ts')
const workerProgram = new URL('../../../../processor/worker.ts', import.meta.url)

/** Starts a gateway and two workers on the real services, behind proxies, and with clocks that can be moved. */
export async function startChaosSystem(run: FaultRun) {
  const services = await readServicesEnvironment()
  const s3 = await startFaultProxy(services.S3_ENDPOINT)
  const dynamoDb = await startFaultProxy(services.DYNAMODB_ENDPOINT)
  run.onStop(() => Promise.all([s3.close(), dynamoDb.close()]))

  const settings = { S3_ENDPOINT: s3.url, DYNAMODB_ENDPOINT: dynamoDb.url, ...shortTimes }
  const clockDirectories = [1, 2].map((number) => join(run.directory, `clocks-${number}`))
  const [clocks, otherClocks] = clockDirectories as [string, string]
  const withClock = (directory: string) => ({
    NODE_OPTIONS: `--import=${skewedClock}`,
    CLOCK_DIRECTORY: directory,
  })
  const system = await startFaultSystem(run, { settings: { ...settings, ...withClock(clocks) } })
  const worker = await supervise({
    name: 'second worker',
    program: workerProgram,
    environment: () => ({
      ...system.evidence,
      ...settings,
      ...withClock(otherClocks),
      HOST: '127.0.0.1',
      PORT: '0',
    }),
    logFile: join(run.directory, 'logs/processor-2.log'),
    onReady: () => {},
    onRestart: () => {},
  })
  run.onStop(worker.stop)
  const gateway = await startFaultProxy(system.gatewayUrl)
  run.onStop(gateway.close)

  const files = {
    gateway: clockFile(clocks, 'server.ts'),
    workers: [clocks, otherClocks].map((directory) => clockFile(directory, 'worker.ts')),
  }
  for (const file of [files.gateway, ...files.workers]) {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, '0')
  }
  return {
    key: system.key,
    gatewayUrl: gateway.url,
    evidence: system.evidence,
    targets: {
      gateway: system.gateway,
      workers: [system.processor, worker],
      proxies: { gateway, s3, dynamoDb },
      clocks: files,
    },
  }
}
