import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** Shorter than the four seconds in which the process must close. */
const deadlineMs = 3_000

/**
 * Closes connections that would keep a closing server open: at once those without a request, which browsers open in advance, and after
 * three seconds all others. Node.js waits for both, and stops checking its timeouts when the server begins to close.
 */
export const closeConnections = fp(async function closeConnections(app: FastifyInstance) {
  const unused = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  app.server.on('request', ({ socket }) => unused.delete(socket))

  app.addHook('preClose', async () => {
    setTimeout(() => app.server.closeAllConnections(), deadlineMs).unref()
  })
  // After the other hooks, directly before the server stops listening.
  app.addHook('onClose', async () => {
    for (const socket of unused) socket.destroy()
  })
})
