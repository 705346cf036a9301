import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { startLocalKafka } from '../../../local/start-local-kafka.ts'
import { printTable } from '../../print-table.ts'
import { readCpuSeconds, residentMegabytes } from '../../processor/read-process.ts'
import { type Program, startProgram } from '../../start-program.ts'
import { programAt } from '../compare-servers.ts'
import { key } from '../settings.ts'

const steps = [1, 1_000]
/** Two heartbeats. */
const settleMs = 30_000
/** Three heartbeats. */
const measureMs = 45_000
const atOnce = 50

/** Measures the cost of open streams without events in one gateway process, which also reads the embedded Kafka. */
export async function benchGatewayStreams(): Promise<void> {
  const kafka = await startLocalKafka()
  const gateway = await startProgram<string>(programAt('streams/streams-server.ts'), {
    KAFKA_BROKERS: kafka.brokers,
  })
  const streams: IncomingMessage[] = []
  try {
    const samples: Awaited<ReturnType<typeof measure>>[] = []
    for (const count of steps) {
      while (streams.length < count) {
        const missing = Math.min(atOnce, count - streams.length)
        streams.push(...(await Promise.all(Array.from({ length: missing }, () => open(gateway.ready)))))
      }
      samples.push(await measure(gateway))
      const ended = streams.filter(({ complete }) => complete).length
      if (ended > 0)
        throw new Error(`${ended} of ${count} streams ended; the run took longer than a stream lives`)
    }
    const base = samples[0]?.used ?? 0
    printTable({
      title: `Gateway: idle streams; memory after ${settleMs / 1_000} s, CPU over ${measureMs / 1_000} s`,
      head: ['streams', 'resident MB', 'in use MB', 'more MB', 'CPU % of a core'],
      rows: samples.map(({ resident, used, cpuPercent }, index) => [
        String(steps[index]),
        resident.toFixed(0),
        used.toFixed(1),
        (used - base).toFixed(1),
        cpuPercent.toFixed(2),
      ]),
      notes: [
        '"In use" is the heap and external memory after a garbage collection. The first row includes reading Kafka, which costs the same',
        'for any number of streams. Each stream gets a heartbeat every 15 s, and its key is checked every 5 s.',
      ],
    })
  } finally {
    for (const stream of streams) stream.destroy()
    await gateway.stop()
    await kafka.close()
  }
}

async function open(gateway: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${key.text}` }
  const asking = request(`${gateway}/v1/events`, { headers, agent: false }).end()
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  if (response.statusCode !== 200) throw new Error(`a stream was refused with ${response.statusCode}`)
  return response.on('error', () => {}).resume()
}

async function measure({ pid, ask }: Program<string>) {
  await sleep(settleMs)
  const used = (await ask<number>('usedBytes')) / 1024 ** 2
  const resident = await residentMegabytes(pid)
  const cpuBefore = await readCpuSeconds(pid)
  const startedAt = performance.now()
  await sleep(measureMs)
  const seconds = (performance.now() - startedAt) / 1_000
  return { resident, used, cpuPercent: (((await readCpuSeconds(pid)) - cpuBefore) / seconds) * 100 }
}
