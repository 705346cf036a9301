import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'

/**
 * Starts a TCP proxy like a load balancer with one target: new connections go to the current target, and open ones keep theirs.
 * @param target URL of the first target
 */
export async function startSwitch(target: string) {
  let current = new URL(target)
  const server = createServer((socket) => {
    const onward = connect(Number(current.port), current.hostname)
    socket.on('error', () => onward.destroy()).on('close', () => onward.destroy())
    onward.on('error', () => socket.destroy()).on('close', () => socket.destroySoon())
    socket.pipe(onward).pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    use: (next: string) => {
      current = new URL(next)
    },
    close: async () => void server.close(),
  }
}
