import { readFile } from 'node:fs/promises'
import { startLocalKafka } from '../../local/start-local-kafka.ts'
import { median, medianOf, medianRatio } from '../median.ts'
import { printTable } from '../print-table.ts'
import { startProgram } from '../start-program.ts'
import {
  bare,
  busy,
  compare,
  cpu,
  programAt,
  rate,
  roundSeconds,
  type Sample,
  type Samples,
  type Server,
  stubbed,
  usualConnections,
} from './compare-servers.ts'
import { companion } from './peers/companion.ts'
import { pieces } from './pieces.ts'
import { checkRatio, readRecordedRatio } from './recorded-ratio.ts'

const naive: Server = {
  title: 'naive version, stubs at the network edge',
  program: programAt('naive-server.ts'),
}

const breakdownSeconds = 300
const disturbed =
  'The bare server did not get a whole core, because the machine is busy. Prefer CPU to requests/s, and run again.'

/** Requests per second and CPU per request of `POST /v1/uploads`, against a bare route with the same JSON. */
export async function benchGateway(): Promise<void> {
  const dynamoDb = await startProgram<string>(programAt('dynamodb-double.ts'))
  const kafka = await startLocalKafka()
  const environment = { DYNAMODB_ENDPOINT: dynamoDb.ready, KAFKA_BROKERS: kafka.brokers }
  const loopback: Server = {
    title: 'gateway, HTTP to a DynamoDB double, kafkajs to a mock broker',
    program: programAt('loopback-server.ts'),
    environment,
  }
  const naiveLoopback: Server = {
    title: 'naive version, HTTP to a DynamoDB double',
    program: programAt('naive-server.ts'),
    environment,
  }
  try {
    printSamples(await compare([bare, stubbed, loopback, naiveLoopback]))
  } finally {
    await Promise.all([dynamoDb.stop(), kafka.close()])
  }
}

/** Compares the gateway with a naive implementation and with Uppy Companion. */
export async function benchGatewayPeers(): Promise<void> {
  printSamples(await compare([bare, stubbed, naive, await companion()]))
}

/** Measures the stubbed gateway without each of its pieces, and without all of them. */
export async function benchGatewayBreakdown(): Promise<void> {
  const reduced = Object.entries(pieces).map(([name, { title }]) => without(title, [name]))
  const rest = without('all of these', Object.keys(pieces))
  printBreakdown(await compare([bare, stubbed, ...reduced, rest], breakdownSeconds))
}

function without(title: string, names: string[]): Server {
  return { title, program: programAt('reduced-server.ts'), environment: { WITHOUT: names.join() } }
}

/**
 * Compares the CPU ratio to the bare server with the recorded one.
 * @throws Error when it is more than twice as high
 */
export async function checkGateway(): Promise<void> {
  const samples = await compare([bare, stubbed])
  printSamples(samples)
  const measured = medianRatio(samples[stubbed.title] ?? [], samples[bare.title] ?? [], cpu)
  const text = await readFile(new URL('../../../docs/MEASURED.md', import.meta.url), 'utf8')
  checkRatio(measured, readRecordedRatio(text, stubbed.title))
}

/** Prints the cost of each piece: the CPU of the whole gateway minus that of the gateway without the piece, in the same round. */
function printBreakdown({
  [bare.title]: least = [],
  [stubbed.title]: whole = [],
  ...reduced
}: Samples): void {
  const cost = (taken: Sample[]) =>
    median(taken.map((sample, round) => cpu(whole[round] ?? sample) - cpu(sample)))
  const above = cost(least)
  const toRow = (title: string, micros: number) => [
    title,
    micros.toFixed(0),
    `${((micros / above) * 100).toFixed(0)} %`,
  ]
  printTable({
    title: `Gateway: ${medianOf(whole, cpu).toFixed(0)} µs of CPU per request, ${above.toFixed(0)} µs above the bare route; medians of ${whole.length} rounds of ${roundSeconds} s`,
    head: ['piece', 'CPU µs/request', 'of what is above bare'],
    rows: Object.entries(reduced).map(([title, taken]) => toRow(title, cost(taken))),
    notes: [
      'Removing all pieces does not save exactly their sum, because they share work. The rest is hooks, headers, validation',
      'and promises. Small differences are noise on a shared machine.',
    ],
  })
}

function printSamples(samples: Samples): void {
  const least = samples[bare.title] ?? []
  printTable({
    title: `Gateway: POST /v1/uploads, every image new, ${usualConnections} connections; medians of ${least.length} rounds of ${roundSeconds} s`,
    head: ['server', 'requests/s', '÷ bare', 'CPU µs/request', '÷ bare', 'cores busy'],
    rows: Object.entries(samples).map(([title, taken]) => [
      title,
      medianOf(taken, rate).toFixed(0),
      medianRatio(taken, least, rate).toFixed(3),
      medianOf(taken, cpu).toFixed(1),
      medianRatio(taken, least, cpu).toFixed(2),
      medianOf(taken, busy).toFixed(2),
    ]),
    notes: [
      'CPU is that of the server process. Stubs answer at once where the AWS SDK or undici would open a socket and where kafkajs',
      'would send a batch. The double, the broker and the load share this machine with the server.',
      ...(medianOf(least, busy) < 0.9 ? [disturbed] : []),
    ],
  })
}
