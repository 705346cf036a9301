import { printTable } from '../../print-table.ts'
import { type Program, startProgram } from '../../start-program.ts'
import { askUploads } from '../ask-uploads.ts'
import { stubbed, usualConnections } from '../compare-servers.ts'
import { generateLoad } from '../generate-load.ts'

const seconds = 10
const many = 1_000

async function withStubbedGateway(use: (server: Program<string>) => Promise<void>): Promise<void> {
  const server = await startProgram<string>(stubbed.program)
  try {
    await use(server)
  } finally {
    await server.stop()
  }
}

/** Latency at 32 connections, and errors at 1,000. */
export async function benchGatewayLatency(): Promise<void> {
  await withStubbedGateway(async ({ ready: url }) => {
    const rows: (string | number)[][] = []
    await generateLoad({ url, connections: usualConnections, seconds: 3, nextRequest: askUploads })
    for (const count of [usualConnections, many]) {
      const load = await generateLoad({
        url,
        connections: count,
        seconds,
        nextRequest: askUploads,
        toleratesErrors: true,
      })
      const sorted = load.latenciesMs.sort((a, b) => a - b)
      const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
      rows.push([
        count,
        (load.answered / load.seconds).toFixed(0),
        at(0.5).toFixed(1),
        at(0.99).toFixed(1),
        (at(0.99) / at(0.5)).toFixed(2),
        load.errors,
      ])
    }
    printTable({
      title: `Gateway: latency of POST /v1/uploads with stubs at the network edge, ${seconds} s each`,
      head: ['connections', 'requests/s', 'p50 ms', 'p99 ms', 'p99 ÷ p50', 'errors'],
      rows,
      notes: [
        'Every connection always has a request in flight, so the latency is the queueing time of a saturated process.',
      ],
    })
  })
}

/** Resident memory under full load, minute by minute. */
export async function benchGatewayMemory({ minutes }: { minutes: number }): Promise<void> {
  await withStubbedGateway(async (server) => {
    const rssMb: number[] = []
    const rows: (string | number)[][] = []
    for (let minute = 1; minute <= minutes; minute++) {
      const load = await generateLoad({
        url: server.ready,
        connections: usualConnections,
        seconds: 60,
        nextRequest: askUploads,
      })
      rssMb.push((await server.ask<number>('rssBytes')) / 1e6)
      const [first = Number.NaN] = rssMb
      const now = rssMb.at(-1) ?? Number.NaN
      rows.push([minute, (load.answered / load.seconds).toFixed(0), now.toFixed(0), (now / first).toFixed(3)])
    }
    printTable({
      title: 'Gateway: memory under full load with stubs at the network edge',
      head: ['minute', 'requests/s', 'RSS MB', '÷ minute 1'],
      rows,
      notes: ['Every request is for another image.'],
    })
  })
}
