import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { glob, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { peakMegabytes } from '../../bench/processor/read-process.ts'
import { inheritedEnvironment } from '../../config.ts'
import { findFreePorts } from '../../services/find-free-ports.ts'

export interface FunctionOptions {
  /** Path of the emulator. */
  emulator: string
  /** Path of the runtime client. */
  runtime: string
  /** Folder of the unpacked zip. */
  task: string
  handler: string
  environment: Record<string, string>
  timeoutSeconds?: number
}

/** Flags with which Lambda starts Node 24. Source: "Building Lambda functions with Node.js", experimental features. */
const nodeFlags = ['--no-experimental-require-module', '--no-experimental-detect-module']
const memoryMegabytes = 1769

/**
 * Starts a function as Lambda does: the runtime interface emulator starts the runtime client, which loads the handler on the
 * first invocation and then polls the emulator for events.
 */
export async function startFunction(options: FunctionOptions) {
  const { emulator, runtime, task, handler, environment, timeoutSeconds = 90 } = options
  const [port = 0, apiPort = 0] = await findFreePorts(2)
  const addresses = ['--runtime-interface-emulator-address', `127.0.0.1:${port}`]
  const api = ['--runtime-api-address', `127.0.0.1:${apiPort}`]
  const lines: string[] = []
  const child = spawn(emulator, [...addresses, ...api, process.execPath, ...nodeFlags, runtime, handler], {
    cwd: task,
    env: {
      ...inheritedEnvironment(),
      NODE_OPTIONS: '',
      NODE_V8_COVERAGE: '',
      LAMBDA_TASK_ROOT: task,
      // Lambda sets it; the emulator does not.
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_FUNCTION_NAME: 'processor',
      AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeoutSeconds),
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  await waitForPort(port, () => child.exitCode === null)

  /** @returns the handler's result, or Lambda's `{errorType, errorMessage}` */
  async function invoke(event: object): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`, {
      method: 'POST',
      body: JSON.stringify(event),
    })
    return answer.json()
  }

  /** The JSON lines that the function printed: logs and metrics. */
  function readOutput(): Record<string, unknown>[] {
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  }

  /** Durations in milliseconds, as reported by the emulator. */
  function readTimes() {
    const read = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []).map(Number)
    return {
      init: read(/INIT REPORT\(durationMs: ([\d.]+)\)/),
      calls: read(/INVOKE RTDONE\(.*duration: ([\d.]+)ms\)/),
    }
  }

  /** Peak memory of the runtime's process; NaN without /proc. */
  async function readPeakMegabytes(): Promise<number> {
    const children = await Array.fromAsync(glob(`/proc/${child.pid}/task/*/children`), (file) =>
      readFile(file, 'utf8'),
    )
    const pids = children.flatMap((text) => text.split(' ').filter(Boolean).map(Number))
    return Math.max(...(await Promise.all(pids.map(peakMegabytes))))
  }

  async function stop(): Promise<void> {
    child.kill('SIGTERM')
    await ended
  }

  return { invoke, readOutput, readTimes, readPeakMegabytes, lines, stop }
}

const pollMs = 20

async function waitForPort(port: number, isAlive: () => boolean): Promise<void> {
  while (!(await isOpen(port))) {
    if (!isAlive()) throw new Error('The Lambda emulator exited before it listened.')
    await sleep(pollMs)
  }
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
