import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { spawnChild, stopChild } from './spawn-child.ts'

const bootstrapLine = /replaced with (127\.0\.0\.1:\d+)/

/**
 * Starts the embedded Kafka in a separate process on a free port.
 * @throws Error when there is no build for this platform
 */
export async function startLocalKafka() {
  const child = spawnChild(new URL('./kafka-mock.ts', import.meta.url), {})
  if (!child.stdout) throw new Error('the embedded Kafka has no stdout')
  const lines = createInterface({ input: child.stdout })
  const brokers = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const address = bootstrapLine.exec(line)?.[1]
      if (address) resolve(address)
    })
    child.once('exit', (code) =>
      reject(new Error(`the embedded Kafka exited with code ${code} before it was ready`)),
    )
  })
  const exited = once(child, 'exit')

  return { brokers, exited, close: () => stopChild(child) }
}
