import { medianOf, medianRatio } from '../../median.ts'
import { printTable } from '../../print-table.ts'
import {
  busy,
  compare,
  cpu,
  programAt,
  rate,
  type Server,
  stubbed,
  usualConnections,
} from '../compare-servers.ts'

const one: Server = { ...stubbed, title: 'one process' }
const workersOf = (count: number): Server => ({
  title: `primary and ${count} ${count === 1 ? 'worker' : 'workers'}`,
  program: programAt('workers/workers-server.ts'),
  environment: { WORKERS: String(count) },
  connections: count * usualConnections,
})
const servers = [
  { server: one, cores: 1 },
  { server: workersOf(1), cores: 1 },
  { server: workersOf(2), cores: 2 },
]

/** Measures the gain from a second worker process, with and without the CPU of the load generator, which shares the machine. */
export async function benchGatewayWorkers(): Promise<void> {
  const samples = await compare(servers.map(({ server }) => server))
  const base = samples[one.title] ?? []
  printTable({
    title: `Gateway: worker processes, POST /v1/uploads with stubs at the network edge, ${usualConnections} connections per worker; medians of ${base.length} rounds`,
    head: ['processes', 'requests/s', '÷ one', 'CPU µs/request', '÷ one', 'cores busy', 'by CPU ÷ one'],
    rows: servers.map(({ server: { title }, cores }) => {
      const taken = samples[title] ?? []
      const cpuRatio = medianRatio(taken, base, cpu)
      return [
        title,
        medianOf(taken, rate).toFixed(0),
        medianRatio(taken, base, rate).toFixed(2),
        medianOf(taken, cpu).toFixed(1),
        cpuRatio.toFixed(2),
        medianOf(taken, busy).toFixed(2),
        (cores / cpuRatio).toFixed(2),
      ]
    }),
    notes: [
      'CPU is that of the workers and the primary together. "By CPU" estimates the requests/s with that many cores for the',
      'gateway alone: cores ÷ CPU ratio. The load generator shares this machine, so on two cores the requests/s of two workers are',
      'limited by what it leaves them. "By CPU" ignores contention for memory bandwidth and for stores, which are stubs here.',
    ],
  })
}
