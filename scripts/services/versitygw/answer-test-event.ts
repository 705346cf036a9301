import { once } from 'node:events'
import { createServer } from 'node:http'

/**
 * versitygw only starts when somebody answers its test event, but whoever receives the events starts later than it.
 * Stands in for the receiver, unless there is one. Returns the function that makes room for it.
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
