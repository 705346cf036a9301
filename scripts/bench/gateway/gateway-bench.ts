import { readFile } from 'node:fs/promises'
import { startLocalKafka } from '../../local/start-local-kafka.ts'
import { medianOf, medianRatio } from '../median.ts'
import { printTable } from '../print-table.ts'
import { type Program, startProgram } from '../start-program.ts'
import { takeTurns } from '../take-turns.ts'
import { askUploads } from './ask-uploads.ts'
import { generateLoad } from './generate-load.ts'
import { checkRatio, readRecordedRatio } from './recorded-ratio.ts'

const titles = {
  bare: 'bare Fastify route, same schemas',
  stubbed: 'gateway, stubs at the network edge',
  naive: 'naive version, stubs at the network edge',
  embedded: 'gateway, dynalite and mock Kafka',
}
type Variant = keyof typeof titles

const connections = 32
const warmUpSeconds = 3
const roundSeconds = 2
const rounds = 9
const budgetSeconds = 120
const disturbed =
  'The bare server did not get a whole core: something else is busy here. Trust CPU more than requests/s, and run again.'

interface Sample {
  requestsPerSecond: number
  cpuMicrosPerRequest: number
  /** CPU seconds a second: at 1 the server's one thread is the limit, below it the load or a dependency is. */
  coresBusy: number
}

type Samples = Record<string, Sample[]>

/** Requests a second and CPU a request of `POST /v1/uploads`, against a bare route with the same JSON. */
export async function benchGateway(): Promise<void> {
  const dynamoDb = await startProgram<string>(programAt('local-dynamodb.ts'))
  const kafka = await startLocalKafka()
  const stores = { DYNAMODB_ENDPOINT: dynamoDb.ready, KAFKA_BROKERS: kafka.brokers }
  try {
    printSamples(await compare(['bare', 'stubbed', 'embedded'], stores))
  } finally {
    await Promise.all([dynamoDb.stop(), kafka.close()])
  }
}

/** The same against what one would write first. */
export async function benchGatewayPeers(): Promise<void> {
  printSamples(await compare(['bare', 'stubbed', 'naive']))
}

/**
 * Compares the CPU ratio to bare with the recorded one.
 * @throws Error when it is more than twice as high
 */
export async function checkGateway(): Promise<void> {
  const samples = await compare(['bare', 'stubbed'])
  printSamples(samples)
  const measured = medianRatio(
    samples.stubbed ?? [],
    samples.bare ?? [],
    (sample) => sample.cpuMicrosPerRequest,
  )
  const text = await readFile(new URL('../../../docs/MEASURED.md', import.meta.url), 'utf8')
  checkRatio(measured, readRecordedRatio(text, titles.stubbed))
}

async function compare(variants: Variant[], environment: Record<string, string> = {}): Promise<Samples> {
  const servers: Partial<Record<Variant, Program<string>>> = {}
  const serverOf = (variant: Variant) => servers[variant] as Program<string>
  try {
    for (const variant of variants) {
      servers[variant] = await startProgram<string>(programAt(`${variant}-server.ts`), environment)
    }
    for (const variant of variants) await measure(serverOf(variant), warmUpSeconds)
    return await takeTurns(variants, { rounds, budgetSeconds }, (variant) =>
      measure(serverOf(variant), roundSeconds),
    )
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()))
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

function printSamples(samples: Samples): void {
  const rate = (sample: Sample) => sample.requestsPerSecond
  const cpu = (sample: Sample) => sample.cpuMicrosPerRequest
  const busy = (sample: Sample) => sample.coresBusy
  const { bare = [] } = samples
  printTable({
    title: `Gateway: POST /v1/uploads, every image new, ${connections} connections; medians of ${bare.length} rounds of ${roundSeconds} s`,
    head: ['server', 'requests/s', '÷ bare', 'CPU µs/request', '÷ bare', 'cores busy'],
    rows: Object.entries(samples).map(([variant, taken]) => [
      titles[variant as Variant],
      medianOf(taken, rate).toFixed(0),
      medianRatio(taken, bare, rate).toFixed(3),
      medianOf(taken, cpu).toFixed(1),
      medianRatio(taken, bare, cpu).toFixed(2),
      medianOf(taken, busy).toFixed(2),
    ]),
    notes: [
      'CPU is the server process alone. Stubs answer at once where the AWS SDK or undici would open a socket and where kafkajs',
      'would send a batch. The embedded stores share this machine with the server and the load, and limit their row.',
      ...(medianOf(bare, busy) < 0.9 ? [disturbed] : []),
    ],
  })
}

function programAt(file: string): URL {
  return new URL(`./${file}`, import.meta.url)
}
