import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { startSystem } from '../../local/start-system.ts'
import { chooseOwnNames, useOwnServices } from '../../local/use-own-services.ts'
import { withoutLoadShedding } from '../../local/with-system.ts'
import { readServicesEnvironment } from '../../services/env-file.ts'
import { addKey } from '../../testkit/system/add-key.ts'
import { testVerify } from './verify-contract.ts'

const names = chooseOwnNames()
const system = await startSystem({
  dataDirectory: t.testdir({}),
  port: 0,
  startBacking: useOwnServices(names),
  // The minimum, because the test waits until a URL expires.
  settings: { ...withoutLoadShedding, PRESIGN_TTL_SECONDS: '30' },
})
t.teardown(system.close)

await testVerify(t, {
  name: 'the real services',
  gateway: system.gatewayUrl,
  key: system.key,
  otherKey: await addKey({ ...(await readServicesEnvironment()), ...names }, 'other'),
  expiryWaitSeconds: 60,
  sleep: (seconds) => setTimeout(seconds * 1_000),
})
