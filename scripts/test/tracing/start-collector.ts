import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { Test } from 'tap'

export interface CollectedSpan {
  service: string
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  attributes: Record<string, string>
}

interface KeyValue {
  key: string
  value: { stringValue?: string }
}

interface Batch {
  resource: { attributes: KeyValue[] }
  scopeSpans: { spans: (Omit<CollectedSpan, 'service' | 'attributes'> & { attributes: KeyValue[] })[] }[]
}

/** A trace collector that records all spans. Source: OTLP 1.x over HTTP, JSON encoding. */
export async function startCollector(t: Test) {
  const spans: CollectedSpan[] = []
  const server = createServer(async (request, response) => {
    const { resourceSpans } = (await json(request)) as { resourceSpans: Batch[] }
    spans.push(...resourceSpans.flatMap(readBatch))
    response.setHeader('content-type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans }
}

function readBatch({ resource, scopeSpans }: Batch): CollectedSpan[] {
  const service = readAttributes(resource.attributes)['service.name'] ?? ''
  return scopeSpans
    .flatMap((scope) => scope.spans)
    .map((span) => ({ ...span, service, attributes: readAttributes(span.attributes) }))
}

function readAttributes(attributes: KeyValue[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? '']))
}
