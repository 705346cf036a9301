import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import dynalite from 'dynalite'

/**
 * Starts the embedded DynamoDB (dynalite) on a free port. A stand-in for development: it has no TTL, transactions or
 * streams.
 * @param directory where the tables are stored; without it they are kept in memory
 */
export async function startLocalDynamoDb(directory?: string) {
  const server = dynalite({ path: directory, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  async function close(): Promise<void> {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  return { endpoint: `http://127.0.0.1:${port}`, close }
}
