/** `npm run faults [-- NAME…]`: runs the fault scripts one after another and prints a table of their figures. */
import { parseArgs } from 'node:util'
import { printTable } from '../bench/print-table.ts'
import { runCommand } from '../run-command.ts'
import { readServicesEnvironment } from '../services/env-file.ts'
import { chaosName, type FaultName, faultNames, runScript, webhooksName } from './faults/run-script.ts'
import { webhookFaults } from './faults/webhooks/webhook-faults.ts'

const usage = `Usage: npm run faults [-- NAME…]
       npm run faults -- webhooks
       npm run faults -- chaos [--minutes 10] [--seed number]

  Injects faults under load into a system on the services of "npm run services -- up", and counts lost images and
  duplicated effects. Runs all by default: ${faultNames.join(', ')}.
  \`webhooks\` runs the faults of webhooks and streams: ${webhookFaults.join(', ')}. \`webhooks/NAME\` runs one of them.
  \`chaos\` injects random faults of all kinds at once; its seed repeats them.
  scripts/checks/faults/README.md describes each of them.`

const head = ['fault', 'accepted', 'ready', 'lost', 'duplicated effects', 'seconds']
const webhookHead = ['fault', 'expected', 'right', 'lost', 'repeated', 'seconds', 'remark']

const webhookPrefix = `${webhooksName}/` as const

type Row = (string | number)[]
type WebhookFaultName = `${typeof webhookPrefix}${string}`

await runCommand(main)

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' }, minutes: { type: 'string' }, seed: { type: 'string' } },
  })
  const { help, ...chaosOptions } = values
  const chosen = positionals.length > 0 ? positionals : [...faultNames]
  const hasOptionsOfChaos = Object.keys(chaosOptions).length > 0 && !chosen.includes(chaosName)
  if (help || !chosen.every(isKnown) || hasOptionsOfChaos) {
    console.log(usage)
    return help ? 0 : 1
  }
  const args = Object.entries(chaosOptions).map(([name, value]) => `--${name}=${value}`)
  await readServicesEnvironment()
  const rows: Row[] = []
  const webhookRows: Row[] = []
  let exitCode = 0
  for (const name of chosen.flatMap(expand)) {
    const isOfWebhooks = isWebhookFault(name)
    const { row, code } = isOfWebhooks
      ? await runWebhookFault(name)
      : await runOne(name as FaultName, name === chaosName ? args : [])
    ;(isOfWebhooks ? webhookRows : rows).push(row)
    exitCode ||= code
  }
  if (rows.length > 0) printTable({ title: 'Faults', head, rows, notes: [] })
  if (webhookRows.length > 0)
    printTable({ title: 'Faults of webhooks and streams', head: webhookHead, rows: webhookRows, notes: [] })
  return exitCode
}

async function runOne(name: FaultName, args: string[]) {
  const { code, figures, seconds } = await runTimed(name, args)
  const { accepted = '?', ready = '?', lost = '?', duplicatedEffects = '?' } = figures ?? {}
  return { code, row: [name, accepted, ready, lost, duplicatedEffects, seconds] }
}

async function runWebhookFault(name: WebhookFaultName) {
  const { code, webhookFigures, seconds } = await runTimed(name, [])
  const { expected = '?', right = '?', lost = '?', repeated = '?', remark = '' } = webhookFigures ?? {}
  return { code, row: [name.slice(webhookPrefix.length), expected, right, lost, repeated, seconds, remark] }
}

async function runTimed(name: FaultName | WebhookFaultName, args: string[]) {
  console.log(`\n${name}`)
  const startedAt = performance.now()
  const outcome = await runScript(name, console.log, args)
  return { ...outcome, seconds: Math.round((performance.now() - startedAt) / 1_000) }
}

/** Resolves a name on the command line to faults. */
const expand = (name: string): string[] =>
  name === webhooksName ? webhookFaults.map((fault) => `${webhookPrefix}${fault}`) : [name]

function isWebhookFault(name: string): name is WebhookFaultName {
  return webhookFaults.some((fault) => name === `${webhookPrefix}${fault}`)
}

const isKnown = (name: string): boolean =>
  name === webhooksName || isWebhookFault(name) || [...faultNames, chaosName].some((known) => known === name)
