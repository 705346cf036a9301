/** `npm run faults [-- NAME…]`: runs the fault scripts one after another and prints a table of their figures. */
import { parseArgs } from 'node:util'
import { printTable } from '../bench/print-table.ts'
import { runCommand } from '../run-command.ts'
import { readServicesEnvironment } from '../services/env-file.ts'
import { chaosName, type FaultName, faultNames, runScript } from './faults/run-script.ts'

const usage = `Usage: npm run faults [-- NAME…]
       npm run faults -- chaos [--minutes 10] [--seed number]

  Injects faults under load into a system on the services of "npm run services -- up", and counts lost images and
  duplicated effects. Runs all by default: ${faultNames.join(', ')}.
  \`chaos\` injects random faults of all kinds at once; its seed repeats them.
  scripts/checks/faults/README.md describes each of them.`

const head = ['fault', 'accepted', 'ready', 'lost', 'duplicated effects', 'seconds']

await runCommand(main)

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' }, minutes: { type: 'string' }, seed: { type: 'string' } },
  })
  const { help, ...chaosOptions } = values
  const chosen = positionals.length > 0 ? positionals : [...faultNames]
  const hasOptionsOfChaos = Object.keys(chaosOptions).length > 0 && !chosen.includes(chaosName)
  if (help || !chosen.every(isFault) || hasOptionsOfChaos) {
    console.log(usage)
    return help ? 0 : 1
  }
  const args = Object.entries(chaosOptions).map(([name, value]) => `--${name}=${value}`)
  await readServicesEnvironment()
  const rows: (string | number)[][] = []
  let exitCode = 0
  for (const name of chosen) {
    const { row, code } = await runOne(name, name === chaosName ? args : [])
    rows.push(row)
    exitCode ||= code
  }
  printTable({ title: 'Faults', head, rows, notes: [] })
  return exitCode
}

async function runOne(name: FaultName, args: string[]) {
  console.log(`\n${name}`)
  const startedAt = performance.now()
  const { code, figures } = await runScript(name, console.log, args)
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  const { accepted = '?', ready = '?', lost = '?', duplicatedEffects = '?' } = figures ?? {}
  return { code, row: [name, accepted, ready, lost, duplicatedEffects, seconds] }
}

function isFault(name: string): name is FaultName {
  return [...faultNames, chaosName].some((known) => known === name)
}
