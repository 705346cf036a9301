import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findTool } from '../find-tool.ts'
import type { Launch, Service } from '../service.ts'
import type { ServicesLayout } from '../services-layout.ts'
import type { ServicesState } from '../services-state.ts'

/** Redis or Valkey without persistence: rate-limit counters need not survive a restart. */
export function describeRedis(layout: ServicesLayout, state: ServicesState): Service {
  const port = state.ports.redis
  const { password } = state.redis

  async function prepare(): Promise<Launch> {
    const directory = join(layout.data, 'redis')
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const configFile = join(layout.current, 'redis.conf')
    await writeFile(configFile, redisConfig(), { mode: 0o600 })
    const program = findTool('redis')
    return { program, args: [configFile, '--dir', directory], version: await readVersion(program) }
  }

  function redisConfig(): string {
    const lines = ['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`, 'save ""', 'appendonly no']
    return `${lines.join('\n')}\n`
  }

  return {
    name: 'redis',
    address: `127.0.0.1:${port}`,
    needs: ['redis'],
    prepare,
    probe: () => pingRedis(port, password),
    readyWithinMs: 15_000,
    endsWithinMs: 5_000,
  }
}

async function readVersion(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ['--version'])
  return /v=(\S+)/.exec(stdout)?.[1] ?? 'unknown'
}

/** Resolves once Redis accepts the password and answers. @throws Error with the answer of Redis otherwise */
async function pingRedis(port: number, password: string): Promise<void> {
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
    throw new Error(`Redis answered ${JSON.stringify(answer)}`)
  } finally {
    socket.destroy()
  }
}
