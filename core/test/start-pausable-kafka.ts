import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { spawnChild, stopChild } from '../../scripts/local/spawn-child.ts'

/** The embedded Kafka, in a process that can be frozen: its connections stay, and nothing answers. */
export async function startPausableKafka(t: Test) {
  const child = spawnChild(new URL('../../scripts/local/kafka-mock.ts', import.meta.url), {})
  t.teardown(async () => {
    child.kill('SIGCONT')
    await stopChild(child)
  })
  if (!child.stdout) throw new Error('the embedded Kafka has no stdout')
  for await (const line of createInterface({ input: child.stdout })) {
    const [, brokers] = /replaced with (127\.0\.0\.1:\d+)/.exec(line) ?? []
    if (!brokers) continue
    return { brokers, pause: () => child.kill('SIGSTOP'), resume: () => child.kill('SIGCONT') }
  }
  throw new Error('the embedded Kafka ended before it was ready')
}
