/**
 * The clock jumps 8 days. Expired records are invisible at once, although DynamoDB has not deleted them; uploading the same bytes
 * starts a new generation beside the old object.
 */
import { createHashgateClient } from '../../../openapi/packages/client/src/hashgate-client.ts'
import { HashgateError } from '../../../openapi/packages/client/src/hashgate-error.ts'
import { startInProcess } from '../../local/start-in-process.ts'
import { chooseOwnNames, useOwnServices } from '../../local/use-own-services.ts'
import { readServicesEnvironment } from '../../services/env-file.ts'
import { addFigures } from './evidence/figures.ts'
import { gatherEvidence, readRecords } from './evidence/gather-evidence.ts'
import { judge } from './evidence/judge.ts'
import { runFault } from './run-fault.ts'
import { startLoad } from './start-load.ts'

const jumpMs = 8 * 86_400_000

await runFault({ images: 50, seconds: 300 }, async (run) => {
  const names = chooseOwnNames()
  const evidence = { ...(await readServicesEnvironment()), ...names }
  const backing = await useOwnServices(names)(run.directory, run.onStop)
  let offsetMs = 0
  const clocks = { now: () => Date.now() + offsetMs, storeNow: Date.now }
  const system = await startInProcess({ ...backing, ...clocks, environment: evidence, onStop: run.onStop })
  const target = { gatewayUrl: system.gateway, key: system.key, ...run }

  const load = startLoad(target)
  const before = await judge(run, evidence, load)
  const formerGenerations = new Set((await gatherEvidence(evidence)).rawVersions)

  offsetMs = jumpMs
  const client = createHashgateClient(system)
  const results = await Promise.all([...load.stored].map((id) => client.getImage(id).catch(codeOf)))
  const visible = results.filter((result) => result !== 'IMAGE_NOT_FOUND').length
  const stored = (await readRecords(evidence)).length
  run.say(`8 days later ${visible} of ${stored} records in the table are visible`)
  if (visible > 0 || stored < load.stored.size)
    throw new Error('Expired records are still visible, or were deleted too early.')

  const after = await judge(run, evidence, startLoad(target), formerGenerations)
  return addFigures(before, after)
})

function codeOf(error: unknown): string {
  return error instanceof HashgateError ? error.code : String(error)
}
