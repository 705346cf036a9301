/**
 * Injects random faults of all kinds under load: brokers, stores, gateways, workers, disk, clock and network. The printed seed
 * repeats the faults and their times.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { printTable } from '../../bench/print-table.ts'
import { integerOption } from '../../run-command.ts'
import { createInjectors } from './chaos/create-injectors.ts'
import { faultKinds, kindNames } from './chaos/fault-kinds.ts'
import { type InjectedFault, injectFaults } from './chaos/inject-faults.ts'
import { planFaults } from './chaos/plan-faults.ts'
import { startChaosSystem } from './chaos/start-chaos-system.ts'
import { compareObjects } from './evidence/compare-objects.ts'
import { judge } from './evidence/judge.ts'
import { type FaultRun, reportImages, runFaultFor } from './run-fault.ts'
import { startLoad } from './start-load.ts'

const perSecond = 2
/** Time to finish every image after the last fault. */
const settleSeconds = 420

await runFaultFor(() => {
  const { minutes, seed } = readOptions()
  const limits = { images: minutes * 60 * perSecond, seconds: minutes * 60 + settleSeconds }
  return { limits, scenario: (run) => runChaos(run, minutes, seed) }
}, reportImages)

function readOptions() {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
  })
  return {
    minutes: integerOption(values.minutes, '--minutes'),
    seed: values.seed === undefined ? randomInt(1_000_000) : integerOption(values.seed, '--seed', 0),
  }
}

async function runChaos(run: FaultRun, minutes: number, seed: number) {
  const planned = planFaults(seed, minutes)
  run.say(`seed ${seed}: ${planned.length} faults in ${minutes} minutes`)
  const { targets, evidence, ...target } = await startChaosSystem(run)

  const load = startLoad({ ...target, ...run, perSecond })
  const injected = await injectFaults(planned, createInjectors(targets), run)
  const figures = await judge(run, evidence, load)
  const { compared, different } = await compareObjects(evidence)

  printKinds(injected, seed)
  console.log(`objects compared ${compared}, different from their records ${different.length}`)
  // An object that differs from its record counts as a lost image.
  return { ...figures, lost: figures.lost + different.length, findings: [...figures.findings, ...different] }
}

function printKinds(injected: InjectedFault[], seed: number): void {
  const rows = kindNames.map((kind) => {
    const ofKind = injected.filter((fault) => fault.kind === kind)
    const seconds = ofKind.reduce((sum, fault) => sum + fault.seconds, 0)
    return [`${faultKinds[kind].part}: ${kind}`, ofKind.length, Math.round(seconds)]
  })
  printTable({
    title: `${injected.length} faults, seed ${seed}`,
    head: ['fault', 'times', 'seconds until repaired'],
    rows,
    notes: [],
  })
}
