/** DynamoDB throttles and fails for 20 s, and later S3 returns 503 SlowDown for 20 s, while images arrive. */
import { setTimeout as sleep } from 'node:timers/promises'
import { readServicesEnvironment } from '../../services/env-file.ts'
import { judge } from './evidence/judge.ts'
import { type FaultRun, runFault } from './run-fault.ts'
import { type FaultProxy, startFaultProxy } from './start-fault-proxy.ts'
import { startFaultSystem } from './start-fault-system.ts'
import { startLoad } from './start-load.ts'
import { dynamoDbFaults, s3Faults } from './store-faults.ts'
import { waitUntil } from './wait-until.ts'

const faultMs = 20_000
/** Short times, so that the reconciler soon finds images whose triggers were lost. */
const shortTimes = {
  LEASE_SECONDS: '10',
  DECODE_TIMEOUT_SECONDS: '7',
  RECONCILE_AFTER_SECONDS: '10',
  RECONCILE_INTERVAL_SECONDS: '2',
}

await runFault({ images: 500, seconds: 300 }, async (run) => {
  const services = await readServicesEnvironment()
  const dynamoDb = await startFaultProxy(services.DYNAMODB_ENDPOINT)
  const s3 = await startFaultProxy(services.S3_ENDPOINT)
  run.onStop(() => Promise.all([dynamoDb.close(), s3.close()]))
  const settings = { DYNAMODB_ENDPOINT: dynamoDb.url, S3_ENDPOINT: s3.url, ...shortTimes }
  const system = await startFaultSystem(run, { settings })

  const load = startLoad({ ...system, ...run, perSecond: 25 })
  await waitUntil(() => load.stored.size > run.images / 5, run.signal)
  await failFor(run, 'DynamoDB', dynamoDb, dynamoDbFaults)
  await waitUntil(() => load.stored.size > run.images / 2, run.signal)
  await failFor(run, 'S3', s3, s3Faults)
  return judge(run, system.evidence, load)
})

async function failFor({ say, signal }: FaultRun, name: string, proxy: FaultProxy, faults: typeof s3Faults) {
  say(`${name} starts to fail`)
  proxy.fail(faults)
  await sleep(faultMs, undefined, { signal }).catch(() => {})
  say(`${name} recovered after ${proxy.recover()} failed requests`)
}
