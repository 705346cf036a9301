import t from 'tap'
import { testOneEffect } from './one-effect-contract.ts'
import { startInProcess } from './start-in-process.ts'

t.test('200 parallel requests and uploads of one image have one effect', async (t) => {
  await testOneEffect(t, await startInProcess(t))
})
