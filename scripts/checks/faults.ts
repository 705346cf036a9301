/** `npm run faults [-- NAME…]`: runs the fault scripts one after another and prints a table of their figures. */
import { parseArgs } from 'node:util'
import { printTable } from '../bench/print-table.ts'
import { runCommand } from '../run-command.ts'
import { readServicesEnvironment } from '../services/env-file.ts'
import { type FaultName, faultNames, runScript } from './faults/run-script.ts'

const usage = `Usage: npm run faults [-- NAME…]

  Injects faults under load into a system on the services of "npm run services -- up", and counts lost images and
  duplicated effects. Runs all by default: ${faultNames.join(', ')}.
  scripts/checks/faults/README.md describes each of them.`

const head = ['fault', 'accepted', 'ready', 'lost', 'duplicated effects', 'seconds']

await runCommand(main)

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' } },
  })
  const chosen = positionals.length > 0 ? positionals : [...faultNames]
  if (values.help || !chosen.every(isFault)) {
    console.log(usage)
    return values.help ? 0 : 1
  }
  await readServicesEnvironment()
  const rows: (string | number)[][] = []
  let exitCode = 0
  for (const name of chosen) {
    const { row, code } = await runOne(name)
    rows.push(row)
    exitCode ||= code
  }
  printTable({ title: 'Faults', head, rows, notes: [] })
  return exitCode
}

async function runOne(name: FaultName) {
  console.log(`\n${name}`)
  const startedAt = performance.now()
  const { code, figures } = await runScript(name, console.log)
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  const { accepted = '?', ready = '?', lost = '?', duplicatedEffects = '?' } = figures ?? {}
  return { code, row: [name, accepted, ready, lost, duplicatedEffects, seconds] }
}

function isFault(name: string): name is FaultName {
  return faultNames.some((known) => known === name)
}
