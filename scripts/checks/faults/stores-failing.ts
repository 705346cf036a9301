/** DynamoDB throttles and fails for 20 s, and later S3 asks for fewer requests for 20 s, while images arrive. */
import { setTimeout as sleep } from 'node:timers/promises'
import { readServicesEnvironment } from '../../services/env-file.ts'
import { judge } from './evidence/judge.ts'
import { type FaultRun, runFault } from './run-fault.ts'
import { startFaultProxy } from './start-fault-proxy.ts'
import { startFaultSystem } from './start-fault-system.ts'
import { startLoad } from './start-load.ts'
import { dynamoDbFaults, s3Faults } from './store-faults.ts'
import { waitUntil } from './wait-until.ts'

const faultMs = 20_000
/** What no trigger tells again is found by the reconciler; in production minutes later. */
const soon = {
  LEASE_SECONDS: '10',
  DECODE_TIMEOUT_SECONDS: '7',
  RECONCILE_AFTER_SECONDS: '10',
  RECONCILE_INTERVAL_SECONDS: '2',
}

type Proxy = Awaited<ReturnType<typeof startFaultProxy>>

await runFault({ images: 500, seconds: 300 }, async (run) => {
  const services = await readServicesEnvironment()
  const dynamoDb = await startFaultProxy(services.DYNAMODB_ENDPOINT)
  const s3 = await startFaultProxy(services.S3_ENDPOINT)
  run.onStop(() => Promise.all([dynamoDb.close(), s3.close()]))
  const settings = { DYNAMODB_ENDPOINT: dynamoDb.url, S3_ENDPOINT: s3.url, ...soon }
  const system = await startFaultSystem(run, { settings })

  const load = startLoad({ ...system, ...run, perSecond: 25 })
  await waitUntil(() => load.stored.size > run.images / 5, run.signal)
  await failFor(run, 'DynamoDB', dynamoDb, dynamoDbFaults)
  await waitUntil(() => load.stored.size > run.images / 2, run.signal)
  await failFor(run, 'S3', s3, s3Faults)
  return judge(run, system.evidence, load)
})

async function failFor({ say, signal }: FaultRun, name: string, proxy: Proxy, faults: typeof s3Faults) {
  say(`${name} begins to fail`)
  proxy.fail(faults)
  await sleep(faultMs, undefined, { signal }).catch(() => {})
  say(`${name} answers again, after ${proxy.mend()} failed requests`)
}
