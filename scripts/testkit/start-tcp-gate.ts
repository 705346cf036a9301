import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** What becomes of a connection: hung up on at once, kept without a word, or passed on. */
type GateState = 'shut' | 'silent' | 'open'

/** A TCP port in front of another one. @param target `host:port` of what lies behind an open gate */
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
    if (current === 'open') passOn(socket, target)
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
    /** Cuts what is connected, and lets nobody in. */
    shut: () => {
      current = 'shut'
      for (const socket of sockets) socket.destroy()
    },
    /** Resolves when somebody has met the gate shut. */
    refused: refused.promise,
    connections: () => sockets.size,
  }
}

function passOn(socket: Socket, target: string): void {
  const [host, port] = target.split(':')
  const onward = connect(Number(port), host)
  onward.on('error', () => socket.destroy())
  socket.on('close', () => onward.destroy())
  onward.on('close', () => socket.destroy())
  socket.pipe(onward).pipe(socket)
}
