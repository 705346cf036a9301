import { once } from 'node:events'
import { createServer } from 'node:http'

/**
 * Answers the test event of versitygw, which does not start without a response. The real receiver, the processor, starts
 * later; if the port is in use, it is already running. Returns a function that frees the port.
 */
export async function answerTestEvent(eventUrl: string): Promise<() => Promise<void>> {
  const { hostname, port } = new URL(eventUrl)
  if (hostname !== '127.0.0.1') return async () => {}
  const server = createServer((request, response) => {
    request.resume()
    response.end()
  })
  server.listen(Number(port || 80), hostname)
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return async () => {}
    throw error
  }
  return async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}
