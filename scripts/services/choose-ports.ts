import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'

export const portNames = [
  'kafka-1',
  'kafka-2',
  'kafka-3',
  'kafka-1-plaintext',
  'kafka-2-plaintext',
  'kafka-3-plaintext',
  'kafka-1-controller',
  'kafka-2-controller',
  'kafka-3-controller',
  'dynamodb',
  's3',
  's3-events',
  'redis',
] as const

export type PortName = (typeof portNames)[number]
export type Ports = Record<PortName, number>

/**
 * Parses the `name=number` values of `--port`.
 * @throws Error that names the invalid value
 */
export function readPorts(texts: string[]): Partial<Ports> {
  return Object.fromEntries(texts.map(readPort))
}

function readPort(text: string): [PortName, number] {
  const [, name, digits] = /^([a-z0-9-]+)=(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  const known = portNames.find((candidate) => candidate === name)
  if (!known || port < 1 || port > 65_535) {
    throw new Error(`--port ${text}: expected name=number with one of these names: ${portNames.join(', ')}.`)
  }
  return [known, port]
}

/**
 * Below the range of ports for outgoing connections (Linux from 32768, others from 49152): such a connection could take
 * the port of a broker while it restarts.
 */
const freePorts = { from: 20_000, to: 32_000 }
const maxAttempts = 50

/** Chooses a free port for every name without one. All are held until the last is known, so none is chosen twice. */
export async function choosePorts(chosen: Partial<Ports> = {}): Promise<Ports> {
  const held = portNames.map((name) => holdPort(name, chosen[name]))
  // Waits for all even if one fails: a server left open would keep this process running.
  const servers = (await Promise.allSettled(held)).flatMap((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : [],
  )
  const ports = servers.map((server, index) => [portNames[index], (server.address() as AddressInfo).port])
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  await Promise.all(held)
  return Object.fromEntries(ports)
}

async function holdPort(name: PortName, chosen?: number): Promise<Server> {
  if (chosen) return listen(chosen, name)
  for (let attempt = 1; ; attempt++) {
    try {
      return await listen(randomInt(freePorts.from, freePorts.to), name)
    } catch (error) {
      if (attempt === maxAttempts) throw error
    }
  }
}

async function listen(port: number, name: PortName): Promise<Server> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening').catch((error) => {
    throw new Error(`Port ${port} for ${name} is not available: ${error.code}.`)
  })
  return server
}
