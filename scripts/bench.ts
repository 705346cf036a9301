/** `npm run bench`: compares the gateway and the processor with the simplest programs that could do the same. */
import { parseArgs } from 'node:util'
import { describeMachine } from './bench/describe-machine.ts'
import { benchFirstPhoto } from './bench/first-photo.ts'
import {
  benchGateway,
  benchGatewayBreakdown,
  benchGatewayPeers,
  checkGateway,
} from './bench/gateway/gateway-bench.ts'
import { benchGatewayLatency, benchGatewayMemory } from './bench/gateway/load/load-bench.ts'
import { benchGatewayRecords } from './bench/gateway/load/records-bench.ts'
import { benchGatewayRoutes } from './bench/gateway/routes/routes-bench.ts'
import { benchGatewayStreams } from './bench/gateway/streams/streams-bench.ts'
import { benchGatewayWorkers } from './bench/gateway/workers/workers-bench.ts'
import { benchPage } from './bench/page/page-bench.ts'
import { benchProcessor, processorBenches } from './bench/processor/processor-bench.ts'
import { benchWarehouse } from './bench/warehouse/warehouse-bench.ts'
import { benchWrites } from './bench/writes/writes-bench.ts'
import { integerOption, runCommand } from './run-command.ts'

const usage = `Usage: npm run bench [-- NAME…]

  gateway            requests per second and CPU against a bare Fastify route; with --check it fails if the CPU
                     ratio is more than twice the one in docs/MEASURED.md
  gateway-breakdown  what each piece of an upload request costs: the gateway without it, one piece at a time
  gateway-peers      the same against a route with getSignedUrl and DynamoDBDocumentClient, and against Uppy Companion, which
                     it installs into .cache/
  gateway-routes     CPU of a batch, a duplicate and getImage against a bare route
  gateway-workers    what worker processes give (GATEWAY_WORKERS)
  gateway-latency    p50 and p99 at 32 connections, and errors at 1,000
  gateway-memory     resident memory under full load, for --minutes (10 by default)
  gateway-records    CPU of a request over tables with 1,000 and 100,000 records
  gateway-streams    memory and CPU of 1,000 idle event streams
  first-photo        seconds from a fresh clone to the first photo on the page; needs git and Chromium
  page               what keeps the upload page busy when 100 and 500 photos are dropped on it; needs Chromium
  warehouse          bytes and seconds of the warehouse's views over --images manifests (200,000 by default) in JSON and in
                     Parquet; needs Linux and 1 GB below /tmp, 5 GB for a million
  writes             the writes to DynamoDB and its indexes that one image costs
  processor          all of the following:
  processor-tools    CPU, memory and bytes against vipsthumbnail, separate sharp pipelines and imagor
  processor-quality  SSIM and PSNR against a full decode, and what each encoder effort costs and gives
  processor-memory   peak memory with 1, 2 and 4 images in flight
  processor-workers  1 against 2 workers
  processor-way      from the PUT to ready with 1, 8 and 32 images in flight, and where the time goes

By default it runs gateway and processor, which takes about ten minutes. The processor's photographs come from Debian
packages, which are downloaded once into .cache/; without apt it uses the photographs of the tests. Everything else runs on
this machine and is removed afterwards. Each ratio is taken within one round, in which all rows take turns, and the table
shows medians, so other work on the machine slows all rows alike.`

const benches = {
  gateway: benchGateway,
  'gateway-breakdown': benchGatewayBreakdown,
  'gateway-peers': benchGatewayPeers,
  'gateway-routes': benchGatewayRoutes,
  'gateway-workers': benchGatewayWorkers,
  'gateway-latency': benchGatewayLatency,
  'gateway-memory': benchGatewayMemory,
  'gateway-records': benchGatewayRecords,
  'gateway-streams': benchGatewayStreams,
  'first-photo': benchFirstPhoto,
  page: benchPage,
  warehouse: benchWarehouse,
  writes: benchWrites,
  processor: benchProcessor,
  ...processorBenches,
}
const byDefault = ['gateway', 'processor']

process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

await runCommand(main)
// After a failure, servers that still listen would keep this process alive.
process.exit()

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      check: { type: 'boolean' },
      minutes: { type: 'string', default: '10' },
      images: { type: 'string', default: '200000' },
    },
  })
  const chosen = positionals.length > 0 ? positionals : byDefault
  const isCheck = values.check && chosen.join() === 'gateway'
  if (values.help || !chosen.every(isBench) || (values.check && !isCheck)) {
    console.log(usage)
    return values.help ? 0 : 1
  }
  const minutes = Number(values.minutes)
  if (!(minutes >= 1)) throw new Error(`--minutes ${values.minutes} is not a number of at least 1.`)
  const images = integerOption(values.images, '--images')
  console.log(describeMachine())
  if (isCheck) await checkGateway()
  else for (const name of chosen) await benches[name]({ minutes, images })
  return 0
}

function isBench(name: string): name is keyof typeof benches {
  return Object.hasOwn(benches, name)
}
