import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

interface LoadOptions {
  url: string
  connections: number
  seconds: number
  /** One whole HTTP/1.1 request in ASCII. */
  nextRequest: (host: string) => string
  /** Counts failed requests instead of throwing. A connection ends with its first failure. */
  toleratesErrors?: boolean
}

export interface Load {
  answered: number
  /** Latencies of the answered requests, unordered. */
  latenciesMs: number[]
  errors: number
  /** Time from the first request to the last answer. */
  seconds: number
}

const headEnd = '\r\n\r\n'
const contentLength = /^content-length: *(\d+)/im

/**
 * Sends requests for a fixed time over keep-alive connections, each with one request in flight. It writes to raw sockets, because an HTTP
 * client would use more CPU per request than the bare server, which must reach its limit.
 * @throws Error when anything but a 2xx comes back
 */
export async function generateLoad({
  url,
  connections,
  seconds,
  nextRequest,
  toleratesErrors = false,
}: LoadOptions): Promise<Load> {
  const { hostname, port, host } = new URL(url)
  const sockets = Array.from({ length: connections }, () => connect(Number(port), hostname))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const latenciesMs: number[] = []
  let errors = 0
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1000
  await Promise.all(
    sockets.map(async (socket) => {
      try {
        await askUntil(endsAt, socket, () => nextRequest(host), latenciesMs)
      } catch (error) {
        if (!toleratesErrors) throw error
        errors++
      }
    }),
  )
  return {
    answered: latenciesMs.length,
    latenciesMs,
    errors,
    seconds: (performance.now() - startedAt) / 1000,
  }
}

function askUntil(
  endsAt: number,
  socket: Socket,
  nextRequest: () => string,
  latenciesMs: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = ''
    let askedAt = 0
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the server closed a connection')))
    socket.on('data', (chunk: string) => {
      received += chunk
      if (!isWhole(received)) return
      if (!received.startsWith('HTTP/1.1 2')) {
        socket.destroy()
        return reject(new Error(`the server answered ${received}`))
      }
      received = ''
      const now = performance.now()
      latenciesMs.push(now - askedAt)
      if (now < endsAt) ask()
      else {
        resolve()
        socket.destroy()
      }
    })

    function ask(): void {
      askedAt = performance.now()
      socket.write(nextRequest(), 'latin1')
    }
    ask()
  })
}

function isWhole(received: string): boolean {
  const bodyStart = received.indexOf(headEnd) + headEnd.length
  if (bodyStart < headEnd.length) return false
  return received.length - bodyStart >= Number(contentLength.exec(received)?.[1])
}
