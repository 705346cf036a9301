import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** Whether a connection is closed at once, kept open without a response, or forwarded. */
type GateState = 'shut' | 'silent' | 'open'

/** Starts a TCP proxy. @param target `host:port` to which an open gate forwards */
export async function startTcpGate(t: Test, state: GateState, target = '') {
  const sockets = new Set<Socket>()
  const refused = Promise.withResolvers<void>()
  let current = state

  const server = createServer((socket) => {
    socket.on('error', () => {})
    if (current === 'shut') {
      refused.resolve()
      return socket.destroy()
    }
    sockets.add(socket.on('close', () => sockets.delete(socket)))
    if (current === 'open') forward(socket, target)
    else socket.resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => {
      current = 'open'
    },
    /** Closes all connections and refuses new ones. */
    shut: () => {
      current = 'shut'
      for (const socket of sockets) socket.destroy()
    },
    /** Resolves once a connection was refused. */
    refused: refused.promise,
    connections: () => sockets.size,
  }
}

function forward(socket: Socket, target: string): void {
  const [host, port] = target.split(':')
  const onward = connect(Number(port), host)
  onward.on('error', () => socket.destroy())
  socket.on('close', () => onward.destroy())
  onward.on('close', () => socket.destroy())
  socket.pipe(onward).pipe(socket)
}
