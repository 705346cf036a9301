import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'

/**
 * Below the range of ports for outgoing connections (Linux from 32768, others from 49152): such a connection could take
 * the port before the program that gets it listens, or while that restarts.
 */
const freePorts = { from: 20_000, to: 32_000 }
const maxAttempts = 50

/** Finds ports of 127.0.0.1 for programs that cannot choose one themselves. All are held until the last is known, so they differ. */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => holdFreePort('a program')))
  const ports = servers.map(portOf)
  await Promise.all(servers.map(release))
  return ports
}

/** Listens on a free port, so that nothing else gets it. @param name what the port is for, for the error */
export async function holdFreePort(name: string): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await holdPort(randomInt(freePorts.from, freePorts.to), name)
    } catch (error) {
      if (attempt === maxAttempts) throw error
    }
  }
}

/** Listens on this port, so that nothing else gets it. @throws Error that names the port when it is in use */
export async function holdPort(port: number, name: string): Promise<Server> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening').catch((error) => {
    throw new Error(`Port ${port} for ${name} is not available: ${error.code}.`)
  })
  return server
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

export const release = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve))
