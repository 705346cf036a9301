/** `npm run bench`: how the gateway and the processor compare with the least that could do the same. */
import { parseArgs } from 'node:util'
import { describeMachine } from './bench/describe-machine.ts'
import { benchGateway } from './bench/gateway-bench.ts'
import { benchProcessor } from './bench/processor-bench.ts'
import { runCommand } from './run-command.ts'

const usage = `Usage: npm run bench [-- gateway|processor]

Both by default, about three minutes. Everything runs on this machine and is gone afterwards. Each ratio is taken
within one round, in which all rows take their turn, and the table shows medians: other work on the machine disturbs
all rows alike.`

const benches = { gateway: benchGateway, processor: benchProcessor }

process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

await runCommand(main)
// A bench that failed leaves servers that wait for more, and they keep this process alive.
process.exit()

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' } },
  })
  const chosen = positionals.length > 0 ? positionals : Object.keys(benches)
  if (values.help || !chosen.every(isBench)) {
    console.log(usage)
    return values.help ? 0 : 1
  }
  console.log(describeMachine())
  for (const name of chosen) await benches[name]()
  return 0
}

function isBench(name: string): name is keyof typeof benches {
  return Object.hasOwn(benches, name)
}
