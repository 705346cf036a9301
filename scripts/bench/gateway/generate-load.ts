import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

interface LoadOptions {
  url: string
  connections: number
  seconds: number
  /** One whole HTTP/1.1 request in ASCII. */
  nextRequest: (host: string) => string
}

export interface Load {
  answered: number
  /** From the first request to the last answer. */
  seconds: number
}

const headEnd = '\r\n\r\n'
const contentLength = /^content-length: *(\d+)/im

/**
 * Asks over keep-alive connections, each with one request on its way, until the time is over. It writes to bare sockets
 * because a client with comforts costs more a request than the bare server that it is to push to its limit.
 * @throws Error when anything but a 201 comes back
 */
export async function generateLoad({ url, connections, seconds, nextRequest }: LoadOptions): Promise<Load> {
  const { hostname, port, host } = new URL(url)
  const sockets = Array.from({ length: connections }, () => connect(Number(port), hostname))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1000
  const answered = await Promise.all(
    sockets.map((socket) => askUntil(endsAt, socket, () => nextRequest(host))),
  )
  return {
    answered: answered.reduce((sum, count) => sum + count, 0),
    seconds: (performance.now() - startedAt) / 1000,
  }
}

/** Resolves to the number of answers. */
function askUntil(endsAt: number, socket: Socket, nextRequest: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    let answered = 0
    let received = ''
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the server closed a connection')))
    socket.on('data', (chunk: string) => {
      received += chunk
      if (!isWhole(received)) return
      if (!received.startsWith('HTTP/1.1 201')) {
        socket.destroy()
        return reject(new Error(`the server answered ${received}`))
      }
      received = ''
      answered++
      if (performance.now() < endsAt) socket.write(nextRequest(), 'latin1')
      else {
        resolve(answered)
        socket.destroy()
      }
    })
    socket.write(nextRequest(), 'latin1')
  })
}

function isWhole(received: string): boolean {
  const bodyStart = received.indexOf(headEnd) + headEnd.length
  if (bodyStart < headEnd.length) return false
  return received.length - bodyStart >= Number(contentLength.exec(received)?.[1])
}
