import t from 'tap'
import { startInProcess } from '../testkit/system/start-in-process.ts'
import { testOneEffect } from './one-effect-contract.ts'

t.test('200 parallel requests and uploads of one image have one effect', async (t) => {
  await testOneEffect(t, await startInProcess(t))
})
