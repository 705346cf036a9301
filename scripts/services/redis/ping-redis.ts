import { once } from 'node:events'
import { connect } from 'node:net'

/**
 * Resolves when Redis lets us in and answers.
 * @throws Error with Redis's own words when it does not
 */
export async function pingRedis(port: number, password: string): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    socket.write(`AUTH ${password}\r\nPING\r\n`)
    let answer = ''
    for await (const chunk of socket) {
      answer += chunk
      if (answer === '+OK\r\n+PONG\r\n') return
      if (answer.includes('-')) break
    }
    throw new Error(`Redis answers ${JSON.stringify(answer)}`)
  } finally {
    socket.destroy()
  }
}
