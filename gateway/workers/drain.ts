import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const intervalMs = 100

/**
 * Stops accepting connections, so that the primary gives them to other workers, and ends each open one with its next response. An
 * idle connection stays open, because a client may just be sending a request on it: the client closes it, or the keep-alive
 * timeout does. Resolves when all have ended.
 * @param signal ends the wait
 */
export async function drain(server: Server, signal: AbortSignal): Promise<void> {
  server.maxConnections = 0
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'))
  const countConnections = promisify(server.getConnections.bind(server))
  while (!signal.aborted && (await countConnections()) > 0) {
    await sleep(intervalMs, undefined, { signal }).catch(() => {})
  }
}
