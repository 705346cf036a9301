import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { createTestApp } from '../../../scripts/testkit/create-test-app.ts'

async function startApp(t: Test) {
  const { app } = await createTestApp(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app
}

/** Resolves when the server has accepted the connection. */
async function openConnection(t: Test, server: Server): Promise<Socket> {
  const accepted = once(server, 'connection')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.on('error', () => {})
  await accepted
  return socket
}

const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve))

t.test('the server closes although clients hold connections without a complete request', async (t) => {
  const app = await startApp(t)
  const unused = await openConnection(t, app.server)
  const begun = await openConnection(t, app.server)
  const used = await openConnection(t, app.server)
  begun.write('GET /healthz HTTP/1.1\r\n')
  used.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
  const [answer] = await once(used, 'data')
  t.match(String(answer), /^HTTP\/1.1 200/)
  used.write('GET /healthz HTTP/1.1\r\n')

  const allClosed = Promise.all([unused, begun, used].map(closed))
  await app.close()
  await allClosed
  t.ok(unused.destroyed && begun.destroyed && used.destroyed)
})
