import { startLocalKafka } from '../../local/start-local-kafka.ts'
import { medianOf, medianRatio } from '../median.ts'
import { printTable } from '../print-table.ts'
import { type Program, startProgram } from '../start-program.ts'
import { takeTurns } from '../take-turns.ts'
import { askUploads } from './ask-uploads.ts'
import { generateLoad } from './generate-load.ts'

const variants = ['bare', 'stubbed', 'embedded'] as const
type Variant = (typeof variants)[number]

const titles: Record<Variant, string> = {
  bare: 'bare Fastify route, same schemas',
  stubbed: 'gateway, stubs at the network edge',
  embedded: 'gateway, dynalite and mock Kafka',
}

const connections = 32
const warmUpSeconds = 3
const roundSeconds = 2
const rounds = 7
const budgetSeconds = 90
const goal = 0.25
const disturbed =
  'The bare server did not get a whole core: something else is busy here. Trust CPU more than requests/s, and run again.'

interface Sample {
  requestsPerSecond: number
  cpuMicrosPerRequest: number
  /** CPU seconds a second: at 1 the server's one thread is the limit, below it the load or a dependency is. */
  coresBusy: number
}

/** Requests a second and CPU a request of `POST /v1/uploads`, against a bare route with the same JSON. */
export async function benchGateway(): Promise<void> {
  const dynamoDb = await startProgram<string>(programAt('local-dynamodb.ts'))
  const kafka = await startLocalKafka()
  const servers = {
    bare: await startProgram<string>(programAt('bare-server.ts')),
    stubbed: await startProgram<string>(programAt('stubbed-server.ts')),
    embedded: await startProgram<string>(programAt('embedded-server.ts'), {
      DYNAMODB_ENDPOINT: dynamoDb.ready,
      KAFKA_BROKERS: kafka.brokers,
    }),
  }
  try {
    for (const variant of variants) await measure(servers[variant], warmUpSeconds)
    printSamples(
      await takeTurns(variants, { rounds, budgetSeconds }, (variant) =>
        measure(servers[variant], roundSeconds),
      ),
    )
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()))
    await Promise.all([dynamoDb.stop(), kafka.close()])
  }
}

async function measure(server: Program<string>, seconds: number): Promise<Sample> {
  const before = await server.ask<number>('cpuMicros')
  const load = await generateLoad({ url: server.ready, connections, seconds, nextRequest: askUploads })
  const cpuMicros = (await server.ask<number>('cpuMicros')) - before
  return {
    requestsPerSecond: load.answered / load.seconds,
    cpuMicrosPerRequest: cpuMicros / load.answered,
    coresBusy: cpuMicros / 1e6 / load.seconds,
  }
}

function printSamples(samples: Record<Variant, Sample[]>): void {
  const rate = (sample: Sample) => sample.requestsPerSecond
  const cpu = (sample: Sample) => sample.cpuMicrosPerRequest
  const busy = (sample: Sample) => sample.coresBusy
  printTable({
    title: `Gateway: POST /v1/uploads, every image new, ${connections} connections; medians of ${samples.bare.length} rounds of ${roundSeconds} s`,
    head: ['server', 'requests/s', '÷ bare', 'CPU µs/request', '÷ bare', 'cores busy'],
    rows: variants.map((variant) => [
      titles[variant],
      medianOf(samples[variant], rate).toFixed(0),
      medianRatio(samples[variant], samples.bare, rate).toFixed(3),
      medianOf(samples[variant], cpu).toFixed(1),
      medianRatio(samples[variant], samples.bare, cpu).toFixed(2),
      medianOf(samples[variant], busy).toFixed(2),
    ]),
    notes: [
      `Goal: the stubbed gateway answers at least ${goal} of bare: ${verdict(medianRatio(samples.stubbed, samples.bare, rate))}.`,
      'CPU is the server process alone. Stubs answer at once where the AWS SDK would open a socket and where kafkajs would',
      'send a batch. The embedded stores share this machine with the server and the load, and are what limits the last row.',
      ...(medianOf(samples.bare, busy) < 0.9 ? [disturbed] : []),
    ],
  })
}

function verdict(ratio: number): string {
  return ratio >= goal ? 'met' : 'NOT met'
}

function programAt(file: string): URL {
  return new URL(`./${file}`, import.meta.url)
}
