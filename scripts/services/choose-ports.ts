import { holdFreePort, holdPort, portOf, release } from './find-free-ports.ts'

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

/** Chooses a free port for every name without one. All are held until the last is known, so none is chosen twice. */
export async function choosePorts(chosen: Partial<Ports> = {}): Promise<Ports> {
  const held = portNames.map((name) => {
    const port = chosen[name]
    return port ? holdPort(port, name) : holdFreePort(name)
  })
  // Waits for all even if one fails: a server left open would keep this process running.
  const servers = (await Promise.allSettled(held)).flatMap((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : [],
  )
  const ports = servers.map((server, index) => [portNames[index], portOf(server)])
  await Promise.all(servers.map(release))
  await Promise.all(held)
  return Object.fromEntries(ports)
}
