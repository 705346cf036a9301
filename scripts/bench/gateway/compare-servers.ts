import { type Program, startProgram } from '../start-program.ts'
import { takeTurns } from '../take-turns.ts'
import { askUploads } from './ask-uploads.ts'
import { generateLoad } from './generate-load.ts'

export interface Server {
  title: string
  program: URL
  environment?: Record<string, string>
  /** `POST /v1/uploads` for a new image by default. */
  nextRequest?: (host: string) => string
  /** 32 by default. */
  connections?: number
  /** Items per request, to report the cost per item. 1 by default. */
  itemsPerRequest?: number
}

export interface Sample {
  requestsPerSecond: number
  /** CPU time per item. */
  cpuMicrosPerRequest: number
  /** CPU seconds per second. At 1 the server's single thread is the bottleneck; below 1 it is the load or a dependency. */
  coresBusy: number
}

export type Samples = Record<string, Sample[]>

export const rate = (sample: Sample) => sample.requestsPerSecond
export const cpu = (sample: Sample) => sample.cpuMicrosPerRequest
export const busy = (sample: Sample) => sample.coresBusy

export const bare: Server = {
  title: 'bare Fastify route, same schemas',
  program: programAt('bare-server.ts'),
}
export const stubbed: Server = {
  title: 'gateway, stubs at the network edge',
  program: programAt('stubbed-server.ts'),
}

export const usualConnections = 32
export const roundSeconds = 2
const warmUpSeconds = 3
const rounds = 9

/** Measures the servers in turn. Returns their samples by title. */
export async function compare(servers: Server[], budgetSeconds = 120): Promise<Samples> {
  const programs = new Map<Server, Program<string>>()
  const byTitle = new Map(servers.map((server) => [server.title, server]))
  const measureNamed = (title: string, seconds: number) => {
    const server = byTitle.get(title) as Server
    return measure(server, programs.get(server) as Program<string>, seconds)
  }
  try {
    for (const server of servers) {
      programs.set(server, await startProgram<string>(server.program, server.environment))
    }
    const titles = [...byTitle.keys()]
    for (const title of titles) await measureNamed(title, warmUpSeconds)
    return await takeTurns(titles, { rounds, budgetSeconds }, (title) => measureNamed(title, roundSeconds))
  } finally {
    await Promise.all([...programs.values()].map((program) => program.stop()))
  }
}

async function measure(
  { nextRequest = askUploads, connections = usualConnections, itemsPerRequest = 1 }: Server,
  program: Program<string>,
  seconds: number,
): Promise<Sample> {
  const before = await program.ask<number>('cpuMicros')
  const load = await generateLoad({ url: program.ready, connections, seconds, nextRequest })
  const cpuMicros = (await program.ask<number>('cpuMicros')) - before
  return {
    requestsPerSecond: load.answered / load.seconds,
    cpuMicrosPerRequest: cpuMicros / load.answered / itemsPerRequest,
    coresBusy: cpuMicros / 1e6 / load.seconds,
  }
}

export function programAt(file: string): URL {
  return new URL(`./${file}`, import.meta.url)
}
