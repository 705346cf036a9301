import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

interface SpanData {
  name: string
  startTimeUnixNano: string
  endTimeUnixNano: string
}

interface Batch {
  scopeSpans: { spans: SpanData[] }[]
}

/** A collector that records the durations of spans in milliseconds, by name. Source: OTLP 1.x over HTTP, JSON encoding. */
export async function collectSpans() {
  let durations = new Map<string, number[]>()
  const server = createServer(async (request, response) => {
    const { resourceSpans } = (await json(request)) as { resourceSpans: Batch[] }
    for (const { name, ...times } of resourceSpans.flatMap(spansOf)) {
      durations.set(name, [...(durations.get(name) ?? []), durationMs(times)])
    }
    response.setHeader('content-type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  /** The durations received since the last call. */
  function take(): Map<string, number[]> {
    const taken = durations
    durations = new Map()
    return taken
  }

  const { port } = server.address() as AddressInfo
  return { endpoint: `http://127.0.0.1:${port}`, take, close: () => server.close() }
}

const spansOf = ({ scopeSpans }: Batch) => scopeSpans.flatMap(({ spans }) => spans)

function durationMs({ startTimeUnixNano, endTimeUnixNano }: Omit<SpanData, 'name'>): number {
  return Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6
}
