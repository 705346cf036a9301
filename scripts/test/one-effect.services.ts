import t from 'tap'
import { startServicesInProcess } from '../testkit/system/start-services-in-process.ts'
import { testOneEffect } from './one-effect-contract.ts'

t.test('200 parallel requests and uploads of one image have one effect', async (t) => {
  await testOneEffect(t, await startServicesInProcess(t))
})
